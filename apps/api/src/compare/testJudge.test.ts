import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rows, smallUpload } from "../testing/smallDataset.js";
import { startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan } from "../testing/submitSmall.js";
import { trainRun } from "../testing/trainRun.js";

let api: TestApi;
const ids: string[] = [];
let accuracies: number[];

beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  const learningRates = [0.05, 1e-6];
  accuracies = [];
  for (const learning_rate of learningRates) {
    const optimizer = { class_name: "Adam" as const, learning_rate };
    const run = await api.client.runs.create({ plan: { ...smallPlan, optimizer, seed: 3 } });
    const report = await trainRun(api.db, run.id);
    if (report.task !== "classification") throw new Error("the small data are classes");
    accuracies.push(report.accuracy);
    ids.push(run.id);
  }
});
afterAll(() => api.stop());

test("two runs are counted row by row, in agreement with their reports", async () => {
  const [a = "", b = ""] = ids;
  const result = await api.client.runs.mcnemar(a, b);
  const { samples, bothRight, onlyA, onlyB, bothWrong, pValue } = result;
  expect(samples).toBe(12);
  expect(bothRight + onlyA + onlyB + bothWrong).toBe(12);
  expect([(bothRight + onlyA) / 12, (bothRight + onlyB) / 12]).toEqual(accuracies);
  expect(onlyA).toBeGreaterThan(onlyB);
  expect(pValue).toBeLessThan(0.1);
  const turned = await api.client.runs.mcnemar(b, a);
  expect(turned).toMatchObject({ onlyA: onlyB, onlyB: onlyA, pValue });
});

test("a run never differs from itself, and one without a model can't be tested", async () => {
  const [a = ""] = ids;
  expect((await api.client.runs.mcnemar(a, a)).pValue).toBe(1);
  const waiting = await api.client.runs.create({ plan: smallPlan });
  await expect(api.client.runs.mcnemar(a, waiting.id)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("has no model: it is queued"),
  });
});

test("a run's layers are told", async () => {
  const model = await api.client.runs.model(ids[0] ?? "");
  expect(model.layers.map(({ className, params }) => [className, params])).toEqual([
    ["Flatten", 0],
    ["Dense", 36 * 8 + 8],
    ["Dense", 8 * 3 + 3],
  ]);
});

test("test rows are shown as they are", async () => {
  const answer = await api.client.datasets.images("halves", { rows: [2, 0] });
  const png = sharp(Buffer.from(await answer.arrayBuffer()));
  expect(await png.metadata()).toMatchObject({ width: 12, height: 6 });
  const pixels = await png.toColourspace("b-w").raw().toBuffer();
  const { images } = rows(12);
  for (const [tile, row] of [2, 0].entries())
    expect([...pixels.subarray(tile * 6, tile * 6 + 6)]).toEqual([
      ...images.subarray(row * 36, row * 36 + 6),
    ]);
  await expect(api.client.datasets.images("halves", { rows: [12] })).rejects.toMatchObject({
    code: "not_found",
  });
});
