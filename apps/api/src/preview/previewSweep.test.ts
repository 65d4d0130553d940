import { advanceSweep } from "@sweepyard/db";
import { SweepDecider } from "@sweepyard/search";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallUpload } from "../testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan, smallSweep } from "../testing/submitSmall.js";
import { trainRun } from "../testing/trainRun.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

const DENSE_8 = 36 * 8 + 8 + 8 * 3 + 3;
const DENSE_8_8 = 36 * 8 + 8 + 8 * 8 + 8 + 8 * 3 + 3;

test("a grid is counted, and its first points come with the size of their models", async () => {
  const rows = await api.rowCounts();
  const preview = await api.client.sweeps.preview(smallSweep());
  expect(await api.rowCounts()).toEqual(rows);
  expect(preview).toMatchObject({ points: 4, plannedRuns: 4 });
  expect(preview.samples.map(({ params, modelParams }) => [params, modelParams])).toEqual([
    [{ learning_rate: 0.01, depth: 1 }, DENSE_8],
    [{ learning_rate: 0.01, depth: 2 }, DENSE_8_8],
    [{ learning_rate: 0.1, depth: 1 }, DENSE_8],
    [{ learning_rate: 0.1, depth: 2 }, DENSE_8_8],
  ]);
  expect(preview.modelParams).toEqual({ min: DENSE_8, max: DENSE_8_8 });
  expect(preview.model).toMatchObject({ inputShape: [6, 6], params: DENSE_8 });
  expect(
    preview.model?.layers.map(({ className, outputShape }) => [className, outputShape]),
  ).toEqual([
    ["Flatten", [36]],
    ["Dense", [8]],
    ["Dense", [3]],
  ]);
});

test("its points are those that the sweep then tries", async () => {
  const sweep = smallSweep({
    space: {
      learning_rate: { type: "float", low: 0.001, high: 0.1, log: true },
      depth: { type: "int", low: 1, high: 2 },
    },
    sampler: { name: "random" },
    budget: { runs: 4 },
    parallelism: 4,
    seed: 5,
    points: [{ depth: 2 }],
  });
  const preview = await api.client.sweeps.preview(sweep);
  expect(preview.points).toBeNull();
  expect(preview.samples[0]).toMatchObject({ params: { depth: 2 } });
  const { id } = await api.client.sweeps.create(sweep);
  await advanceSweep(api.db, id, new SweepDecider());
  const { items } = await api.client.runs.list({ sweepId: id, sort: "number" });
  expect(items.map(({ params }) => params)).toEqual(preview.samples.map(({ params }) => params));
});

test("cost is told once a run has been measured, and only then", async () => {
  const before = await api.client.sweeps.preview(smallSweep());
  expect(before.cost).toMatchObject({ epochs: 8, epochSeconds: null, seconds: null });
  const run = await api.client.runs.create({ plan: smallPlan });
  await trainRun(api.db, run.id);
  const { cost } = await api.client.sweeps.preview(smallSweep());
  expect(cost?.measuredRuns).toBe(1);
  expect(cost?.epochSeconds).toBeGreaterThan(0);
  expect(cost?.slotSeconds).toBeCloseTo((cost?.epochSeconds ?? 0) * 8);
});

test("what submitting refuses it refuses, with the same fields", async () => {
  const body = JSON.stringify(smallSweep({ space: { depth: { type: "int", low: 3, high: 1 } } }));
  const headers = { "content-type": "application/json" };
  const [submitted, previewed] = await Promise.all(
    ["/api/v1/sweeps", "/api/v1/sweeps/preview"].map(async (path) =>
      problemOf(await requestOf(api)("POST", path, { headers, body })),
    ),
  );
  expect(previewed?.errors).toEqual(submitted?.errors);
  expect(previewed?.status).toBe(400);
});

test("a sweep of an external trainer has neither model nor cost", async () => {
  const preview = await api.client.sweeps.preview({
    name: "outside",
    trainer: { kind: "external" },
    space: { x: { type: "float", low: 0, high: 1 } },
    sampler: { name: "random" },
    objective: { metric: "score", direction: "maximize" },
    budget: { runs: 5 },
  });
  expect(preview).toMatchObject({ plannedRuns: 5, model: null, modelParams: null, cost: null });
  expect(preview.samples).toHaveLength(5);
});
