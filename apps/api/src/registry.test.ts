import { createClient } from "@sweepyard/client";
import { EXPORT_FORMATS } from "@sweepyard/contract";
import { loadModel, loadTflite } from "@sweepyard/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
let runId: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  runId = await trained();
  await api.client.runs.promote(runId, { model: "clothes" });
});
afterAll(() => api?.stop());

async function trained(changes: object = {}): Promise<string> {
  const { id } = await api.client.runs.create({ plan: { ...smallPlan, ...changes } });
  await trainRun(api.db, id);
  return id;
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe("exports", () => {
  test("are run on test rows when they are made", async () => {
    await api.client.runs.exportModel(runId, "keras");
    const { items } = await api.client.models.exports("clothes", 1);
    expect(items).toMatchObject([
      { format: "keras", figures: { rows: 12, testRows: 12, agreement: 1 } },
    ]);
  });

  test("are measured on the whole test split, each by running it", async () => {
    const { items } = await api.client.models.measureExports("clothes", 1);
    expect(items.map(({ format }) => format)).toEqual([...EXPORT_FORMATS].sort());
    const { accuracy } = (await api.client.runs.report(runId)) as { accuracy: number };
    for (const { format, figures, bytes } of items) {
      expect(bytes).toBeGreaterThan(0);
      expect([format, figures]).toMatchObject([format, { rows: 12, accuracy, agreement: 1 }]);
      const isExact = !["tflite-int8", "tflite-float16"].includes(format);
      if (isExact) expect(figures?.largestDifference).toBeLessThan(1e-5);
    }
    expect((await api.client.runs.exports(runId)).items).toEqual(items);
    // Asked for again nothing is made anew: figures stay those of before.
    expect((await api.client.runs.measureExports(runId)).items).toEqual(items);
  });

  test("are downloaded by run and by version, under names that say what they are", async () => {
    const response = await api.client.models.export("clothes", 1, "tflite-int8");
    expect(response.headers.get("content-disposition")).toContain("clothes-v1-int8.tflite");
    const model = await loadTflite(await bytesOf(response));
    expect(model.classNames).toEqual(["left", "right", "top"]);
    await model.release();
    const onnx = await bytesOf(await api.client.runs.exportModel(runId, "onnx"));
    const own = await loadModel(onnx);
    expect(own.inputShape).toEqual([6, 6]);
    await own.release();
  });

  test("of what is unknown or has no model are refused", async () => {
    const { id } = await api.client.runs.create({ plan: smallPlan });
    await expect(api.client.runs.exportModel(id, "keras")).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(api.client.models.export("clothes", 9, "onnx")).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(api.client.runs.exportModel(runId, "pickle" as "onnx")).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});

describe("gates", () => {
  test("refuse what is worse than the champion on the same rows, with every figure", async () => {
    const champion = await trained();
    await api.client.runs.promote(champion, { model: "gated" });
    await api.client.models.setPolicy("gated", {
      policy: {
        metrics: { "test.accuracy": { min: 0.5 } },
        class_floors: { recall: 0.2 },
        not_worse: { alpha: 0.2 },
        max_latency_ms: 1000,
        max_bytes: 1_000_000,
      },
      reason: "the shop goes live",
    });
    const bad = await trained({ epochs: 1, optimizer: { class_name: "SGD", learning_rate: 1e-6 } });
    const refused = await api.client.runs.promote(bad, { model: "gated" }).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: "conflict", status: 409 });
    const [kept] = (await api.client.models.promotions("gated")).items;
    expect(kept).toMatchObject({ state: "refused", alias: "champion", version: 2 });
    const gates = new Map(kept?.gates.map((gate) => [gate.gate, gate]));
    expect([...gates.keys()]).toEqual(["metrics", "class_floors", "not_worse", "latency", "size"]);
    expect(gates.get("not_worse")).toMatchObject({ passed: false });
    expect(gates.get("latency")?.figure).toBeGreaterThan(0);
    const { versions } = await api.client.models.get("gated");
    expect(versions.find(({ aliases }) => aliases.includes("champion"))?.runId).toBe(champion);

    const force = { gates: ["metrics", "class_floors", "not_worse"] as const, reason: "a drill" };
    const forced = { model: "gated", force: { ...force, gates: [...force.gates] } };
    expect((await api.client.runs.promote(bad, forced)).aliases).toEqual(["champion"]);
    expect((await api.client.models.rollback("gated", "champion")).runId).toBe(champion);
    const { items } = await api.client.models.changes("gated");
    expect(items[0]).toMatchObject({ action: "rollback", fromVersion: 2, toVersion: 1 });
  });

  test("wait for a second key where approval is asked for", async () => {
    const policy = { approval: true, seeds: { runs: 2 } };
    await api.client.runs.promote(runId, { model: "approved", alias: "first" });
    await api.client.models.setPolicy("approved", { policy });
    const lone = await api.client.runs.promote(runId, { model: "approved" }).catch((e) => e);
    expect(lone).toMatchObject({ code: "conflict" });
    // The seeds gate counts runs that differ in their seed alone.
    const other = await trained({ seed: 77 });
    const another = await trained({ seed: 78 });
    expect(other).not.toBe(another);
    const waiting = await api.client.runs.promote(other, { model: "approved" });
    expect(waiting.aliases).toEqual([]);
    const [promotion] = (await api.client.models.promotions("approved", { state: ["waiting"] }))
      .items;
    const id = promotion?.id ?? "";
    const decision = { approve: true, reason: "seen" };
    await expect(api.client.models.decide("approved", id, decision)).rejects.toMatchObject({
      code: "forbidden",
    });
    const second = createClient({ baseUrl: api.url, apiKey: await api.makeKey(["promote"]) });
    expect(await second.models.decide("approved", id, decision)).toMatchObject({
      state: "promoted",
      decidedBy: "promote",
    });
  });
});
