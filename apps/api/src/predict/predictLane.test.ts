import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, SIDE, smallUpload } from "../testing/smallDataset.js";
import { requestOf, startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan } from "../testing/submitSmall.js";
import { trainRun } from "../testing/trainRun.js";

/**
 * The short way of predictions answers what the long way does. A query sends a request the long
 * way: `?top_k=5` is what both assume.
 */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  const { id } = await api.client.runs.create({ plan: smallPlan });
  await trainRun(api.db, id);
  await api.client.runs.promote(id, { model: "clothes" });
});
afterAll(() => api?.stop());

const image = [...rows(1).images];
const both = async (body: string, { key = api.key, model = "clothes", headers = {} } = {}) => {
  const ask = async (query: string) => {
    const response = await requestOf(api, key)("POST", `/api/v1/models/${model}/predict${query}`, {
      headers: { "content-type": "application/json", "x-request-id": "same", ...headers },
      body,
    });
    const answer: unknown = await response.json();
    const told = Object.fromEntries(response.headers);
    // Of a connection, of a cache that "no-store" forbids, and of an answer that is not compressed.
    for (const name of ["connection", "keep-alive", "date", "etag", "vary", "transfer-encoding"])
      delete told[name];
    return { status: response.status, answer, headers: told };
  };
  return [await ask(""), await ask("?top_k=5")] as const;
};

describe("the short way of predictions", () => {
  test.each([
    ["a list of rows", () => JSON.stringify({ instances: [image, image] })],
    ["one row", () => JSON.stringify({ instances: image })],
    [
      "bytes",
      () => JSON.stringify({ instances: [{ b64: Buffer.from(image).toString("base64") }] }),
    ],
    ["fewer classes", () => JSON.stringify({ instances: [image], top_k: 1 })],
    ["nothing", () => ""],
    ["text that is no JSON", () => '{"instances": [[NaN]]}'],
    ["another value", () => "17"],
    ["an empty list", () => '{"instances": []}'],
    ["an unknown field", () => JSON.stringify({ instances: [image], topk: 2 })],
    ["a wrong top_k", () => JSON.stringify({ instances: [image], top_k: 0 })],
    ["a wrong shape", () => JSON.stringify({ instances: [[1, 2]] })],
    ["a pixel out of range", () => JSON.stringify({ instances: [[...image.slice(1), 256]] })],
    ["no numbers", () => JSON.stringify({ instances: [image.map(() => "1")] })],
    ["too many rows", () => JSON.stringify({ instances: Array(1025).fill([1]) })],
  ])("answers %s as the long way does", async (_what, body) => {
    const [short, long] = await both(body());
    expect(short).toEqual(long);
  });

  test("asks for the same key, scope and model", async () => {
    const body = JSON.stringify({ instances: [image] });
    const reader = await api.makeKey(["read"]);
    for (const other of [
      { key: reader },
      { key: "swy_nobody" },
      { model: "nothing" },
      { model: "clothes@nobody" },
      { model: "clothes@1" },
      { key: await api.makeKey(["predict"], "elsewhere") },
    ]) {
      const [short, long] = await both(body, other);
      expect(short).toEqual(long);
    }
  });

  test("logs a line for each request, with its id", async () => {
    const lines = () => api.logged.filter((line) => line.includes('"short-1"'));
    await both(JSON.stringify({ instances: [image] }), { headers: { "x-request-id": "short-1" } });
    await expect.poll(() => lines().length).toBe(2);
    const [short, long] = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(Object.keys(short ?? {}).toSorted()).toEqual(Object.keys(long ?? {}).toSorted());
    expect(short).toMatchObject({
      msg: "request completed",
      req: { id: "short-1", method: "POST", url: "/api/v1/models/clothes/predict" },
      res: { statusCode: 200 },
    });
  });

  test("a caller that leaves in the middle of its body harms nothing", async () => {
    const leaving = new AbortController();
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"instances": [['));
        leaving.abort();
      },
    });
    const init = { body, duplex: "half", signal: leaving.signal } as RequestInit;
    const headers = { "content-type": "application/json", "content-length": "5000" };
    await expect(
      requestOf(api)("POST", "/api/v1/models/clothes/predict", { ...init, headers }),
    ).rejects.toThrow();
    const [short] = await both(JSON.stringify({ instances: [image] }));
    expect(short.status).toBe(200);
    expect(image).toHaveLength(SIDE * SIDE);
  });
});
