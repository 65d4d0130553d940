import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

let api: TestApi;
let dashboardDir: string;
beforeAll(async () => {
  dashboardDir = await mkdtemp(join(tmpdir(), "sweepyard-dashboard-"));
  await mkdir(join(dashboardDir, "assets"));
  api = await startTestApi({ dashboardDir });
});
afterAll(async () => {
  await api.stop();
  await rm(dashboardDir, { recursive: true });
});

const encodingOf = async (path: string) => {
  const stopped = new AbortController();
  const headers = { authorization: `Bearer ${api.key}`, "accept-encoding": "gzip" };
  const answer = await fetch(`${api.url}${path}`, { headers, signal: stopped.signal });
  const encoding = answer.headers.get("content-encoding");
  stopped.abort();
  return encoding;
};

test("long answers are compressed", async () => {
  expect(await encodingOf("/openapi.json")).toBe("gzip");
});

test("the event stream is not: a compressor would hold events back", async () => {
  expect(await encodingOf("/api/v1/events")).toBeNull();
});

test("scripts are sent as the build has compressed them, each browser's way", async () => {
  const script = "export const answer = 42;";
  const file = join(dashboardDir, "assets/page-1a2b3c.js");
  await writeFile(file, script);
  // Longer than the compressor would make them, so that they are told apart from its work.
  await writeFile(`${file}.br`, brotliCompressSync(`${script} // br`));
  await writeFile(`${file}.gz`, gzipSync(`${script} // gz`));
  const get = async (accepted: string) => {
    const headers = { "accept-encoding": accepted };
    const answer = await fetch(`${api.url}/assets/page-1a2b3c.js`, { headers });
    const { headers: sent } = answer;
    return {
      body: await answer.text(),
      encoding: sent.get("content-encoding"),
      isScript: sent.get("content-type")?.startsWith("text/javascript"),
      varies: sent.get("vary")?.includes("Accept-Encoding"),
      isKept: sent.get("cache-control")?.includes("immutable"),
    };
  };
  const common = { isScript: true, varies: true, isKept: true };
  expect(await get("gzip, deflate, br")).toEqual({
    ...common,
    body: `${script} // br`,
    encoding: "br",
  });
  expect(await get("gzip")).toEqual({ ...common, body: `${script} // gz`, encoding: "gzip" });
  expect(await get("identity")).toEqual({ ...common, body: script, encoding: null });
});
