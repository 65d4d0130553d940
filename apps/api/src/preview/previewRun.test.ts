import { afterAll, beforeAll, expect, test } from "vitest";
import { smallUpload } from "../testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "../testing/startTestApi.js";
import { smallPlan } from "../testing/submitSmall.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

const DENSE_8 = [0, 36 * 8 + 8, 8 * 3 + 3];

test("a run's plan, model and rows are told, and nothing is stored", async () => {
  const rows = await api.rowCounts();
  const preview = await api.client.runs.preview({ plan: smallPlan });
  expect(await api.rowCounts()).toEqual(rows);
  expect(preview).toMatchObject({
    plan: { data: { version: 1 }, loss: { name: "categorical_crossentropy" } },
    ...{ trainRows: 48, validationRows: 12, testRows: 12, stepsPerEpoch: 6, epochSeconds: null },
  });
  expect(preview.model.layers.map(({ params }) => params)).toEqual(DENSE_8);
  expect(preview.model).toMatchObject({
    inputShape: [6, 6],
    params: DENSE_8.reduce((sum, params) => sum + params),
    flops: 2 * (36 * 8 + 8 * 3),
  });
});

test("the model of a run that has not trained is the same", async () => {
  const { model } = await api.client.runs.preview({ plan: smallPlan });
  const { id } = await api.client.runs.create({ plan: smallPlan });
  expect(await api.client.runs.model(id)).toEqual(model);
});

test("what submitting refuses it refuses, field by field", async () => {
  const layers = [{ class_name: "Flatten" }, { class_name: "Dense", units: 4 }];
  const callbacks = [{ class_name: "EarlyStopping", monitor: "val_mean_squared_error" }];
  const body = JSON.stringify({ plan: { ...smallPlan, model: { layers }, callbacks } });
  const headers = { "content-type": "application/json" };
  for (const path of ["/api/v1/runs", "/api/v1/runs/preview"]) {
    const problem = await problemOf(await requestOf(api)("POST", path, { headers, body }));
    expect(problem.errors?.map((error) => error.path)).toEqual([
      "plan.model.layers.1",
      "plan.callbacks.0.monitor",
    ]);
  }
});
