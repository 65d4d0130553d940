import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { evaluateClassification } from "../evaluation/evaluateClassification.js";
import { inputScaling, modelScaling, preprocessDataset } from "../inputScaling.js";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { modelTask } from "../model/modelTask.js";
import { exportModel } from "./exportModel.js";
import { evaluateModel, loadModel } from "./loadModel.js";

const data = {
  inputShape: [2, 3],
  classNames: ["a", "b", "c"],
  task: "classification",
} as const;
const plan = TrainPlan.parse({
  data: { dataset: "d" },
  model: { template: "mlp", depth: 1, units: 5, activation: "tanh" },
});
const weights = initialWeights(describeModel(plan.model, modelTask(plan, data)), 4);

test("an exported model says what it takes and predicts probabilities", async () => {
  const loaded = await loadModel(exportModel(plan, data, weights));
  expect(loaded).toMatchObject({ inputShape: data.inputShape, classNames: data.classNames });
  const images = Float32Array.from({ length: 12 }, (_, i) => i / 12);
  const both = await loaded.predict(images);
  expect(both).toHaveLength(6);
  expect(both.slice(0, 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  expect(await loaded.predict(images.slice(6))).toEqual(both.slice(3));
  await expect(loaded.predict(images.slice(1))).rejects.toMatchObject({ code: "shape_mismatch" });
  await expect(loaded.predict(new Float32Array(0))).rejects.toThrow("no whole number");
  await loaded.release();
});

test("evaluating the file is evaluating its predictions on scaled pixels", async () => {
  const bytes = exportModel(plan, data, weights);
  const x = Uint8Array.from({ length: 1500 * 6 }, (_, i) => (i * 89) % 256);
  const y = Uint8Array.from({ length: 1500 }, (_, row) => row % 3);
  const loaded = await loadModel(bytes);
  const probabilities = await loaded.predict(Float32Array.from(x, (pixel) => pixel / 255));
  await loaded.release();
  const report = await evaluateModel(bytes, { count: 1500, x, y });
  const want = evaluateClassification(probabilities, y, data.classNames);
  expect(report).toMatchObject({ task: "classification", confusionMatrix: want.confusionMatrix });
  expect(report.loss).toBeCloseTo(want.loss ?? Number.NaN, 6);
});

test.each(["standardize", "none"] as const)(
  "a model trained on inputs under %s sees the same of plain pixels and of plain numbers",
  async (preprocessing) => {
    const count = 40;
    const bytes = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 89) % 256);
    for (const x of [bytes, Float32Array.from(bytes, (value) => value / 7 - 3)]) {
      const rows = { count, x, y: Uint8Array.from({ length: count }, (_, row) => row % 3) };
      const dataset = { ...data, train: rows, test: rows };
      const all = Int32Array.from({ length: count }, (_, row) => row);
      const seen = preprocessDataset(
        dataset,
        preprocessing,
        inputScaling(dataset, preprocessing, all),
      );
      const plain = await loadModel(exportModel(plan, data, weights));
      const want = await plain.predict(Float32Array.from(seen.test.x));
      const scaling = modelScaling(dataset, preprocessing, all);
      const scaled = await loadModel(exportModel(plan, data, weights, scaling));
      const divisor = x instanceof Uint8Array ? 255 : 1;
      const got = await scaled.predict(Float32Array.from(x, (value) => value / divisor));
      got.forEach((probability, i) => {
        expect(probability).toBeCloseTo(want[i] ?? Number.NaN, 5);
      });
      await Promise.all([plain.release(), scaled.release()]);
    }
  },
);

test("weights of another model, and files that are no model, are refused", async () => {
  const missing = new Map(weights);
  missing.delete("dense/bias");
  expect(() => exportModel(plan, data, missing)).toThrow("dense/bias is missing");
  await expect(loadModel(Buffer.from("no model"))).rejects.toMatchObject({ code: "data_invalid" });
});
