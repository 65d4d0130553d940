import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

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
