import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, SIDE, smallUpload } from "../testing/smallDataset.js";
import { requestOf, startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan } from "../testing/submitSmall.js";
import { trainRun } from "../testing/trainRun.js";

const CLIENTS = fileURLToPath(new URL("../../fixtures/kserve_clients.py", import.meta.url));
const python = process.env.SWEEPYARD_KSERVE_PYTHON;

let api: TestApi;
let expected: number[];
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  const { id } = await api.client.runs.create({ plan: smallPlan });
  await trainRun(api.db, id);
  await api.client.runs.promote(id, { model: "clothes" });
  const instances = [0, 1, 2].map((row) => [...pixels.subarray(row * SIZE, (row + 1) * SIZE)]);
  const answer = await api.client.models.predict("clothes", { instances });
  if (answer.task !== "classification") throw new Error("it is no classification");
  expected = answer.predictions.flatMap((classes) =>
    classes.toSorted((a, b) => a.label - b.label).map(({ probability }) => probability),
  );
});
afterAll(() => api?.stop());

const SIZE = SIDE * SIDE;
const pixels = rows(3).images;
const floats = Float32Array.from(pixels, (pixel) => pixel / 255);
const shape = [3, SIDE, SIDE];

const infer = (body: unknown, name = "clothes", init: RequestInit = {}) =>
  requestOf(api)("POST", `/v2/models/${name}/infer`, { body: JSON.stringify(body), ...init });
const tensor = (changes: object = {}) => ({
  inputs: [{ name: "image", shape, datatype: "FP32", data: [...floats], ...changes }],
});
const answerOf = async (response: Response) =>
  (await response.json()) as {
    model_version: string;
    outputs: [{ name: string; shape: number[]; data: number[] }];
  };

describe("the open inference protocol", () => {
  test("tells what lives, what is ready, and what a model takes and gives", async () => {
    const get = async (path: string) => (await requestOf(api)("GET", path)).json();
    expect(await get("/v2")).toMatchObject({ name: "sweepyard" });
    expect(await get("/v2/health/live")).toEqual({ live: true });
    expect(await get("/v2/health/ready")).toEqual({ ready: true });
    expect(await get("/v2/models/clothes/ready")).toEqual({ name: "clothes", ready: true });
    expect(await get("/v2/models/clothes/versions/1")).toEqual({
      name: "clothes",
      versions: ["1"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "image", datatype: "FP32", shape: [-1, SIDE, SIDE] }],
      outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, 3] }],
    });
  });

  test("answers floats, pixels and nested rows as our own route does", async () => {
    const nested = [0, 1, 2].map((row) => [[...floats.subarray(row * SIZE, (row + 1) * SIZE)]]);
    for (const body of [
      tensor(),
      tensor({ datatype: "UINT8", data: [...pixels] }),
      tensor({ data: nested }),
    ]) {
      const answer = await answerOf(await infer(body));
      expect(answer).toMatchObject({ model_version: "1" });
      expect(answer.outputs[0]).toMatchObject({ name: "probabilities", shape: [3, 3] });
      expect(answer.outputs[0].data).toEqual(expected);
    }
  });

  test("takes and gives tensors as bytes behind the JSON", async () => {
    const { inputs } = tensor({
      data: undefined,
      parameters: { binary_data_size: floats.byteLength },
    });
    const json = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
    const response = await infer(null, "clothes@champion", {
      headers: { "inference-header-content-length": String(json.length) },
      body: Buffer.concat([json, Buffer.from(floats.buffer)]),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const at = Number(response.headers.get("inference-header-content-length"));
    expect(JSON.parse(bytes.subarray(0, at).toString())).toMatchObject({
      outputs: [{ parameters: { binary_data_size: 36 } }],
    });
    expect([...new Float32Array(Uint8Array.from(bytes.subarray(at)).buffer)]).toEqual(expected);
  });

  test.each([
    ["no JSON", "{", 400],
    ["no inputs", {}, 400],
    ["two inputs", { inputs: [...tensor().inputs, ...tensor().inputs] }, 400],
    ["another name", tensor({ name: "picture" }), 400],
    ["another shape", tensor({ shape: [3, SIZE] }), 422],
    ["numbers that are not as many as the shape's", tensor({ data: [1, 2] }), 422],
    ["no rows", tensor({ shape: [0, SIDE, SIDE], data: [] }), 422],
    ["a number that is none", tensor({ data: [...floats.subarray(1), null] }), 400],
    ["pixels above 255", tensor({ datatype: "UINT8", data: [...pixels.subarray(1), 256] }), 400],
    ["another type", tensor({ datatype: "BYTES" }), 400],
    [
      "bytes that are not there",
      tensor({ data: undefined, parameters: { binary_data_size: 8 } }),
      400,
    ],
    ["another output", { ...tensor(), outputs: [{ name: "logits" }] }, 400],
  ])("refuses %s, and says so", async (_what, body, status) => {
    const response = await infer(body, "clothes", typeof body === "string" ? { body } : {});
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w+ \w+/) });
  });

  test("asks for a key that may predict, and for a model there is", async () => {
    const path = "/v2/models/clothes/infer";
    expect((await requestOf(api, null)("POST", path, { body: "{}" })).status).toBe(401);
    const reader = await api.makeKey(["read"]);
    expect((await requestOf(api, reader)("POST", path, { body: "{}" })).status).toBe(403);
    expect((await infer(tensor(), "nothing")).status).toBe(404);
  });

  test.skipIf(python === undefined)(
    "is what KServe's and Triton's clients speak",
    async () => {
      const args = [CLIENTS, api.url, api.key, "clothes", String(SIDE)];
      const asking = promisify(execFile)(python ?? "", args);
      asking.child.stdin?.end(Buffer.from(floats.buffer));
      const { kserve, triton } = JSON.parse((await asking).stdout);
      expect(kserve).toEqual({ live: true, ready: true, model: "clothes", outputs: expected });
      expect(triton).toMatchObject({ ready: true, outputs: expected });
      expect(triton.metadata).toMatchObject({ name: "clothes", platform: "onnxruntime_onnx" });
      expect(triton.refused).toContain('has no alias "nobody"');
    },
    60_000,
  );
});
