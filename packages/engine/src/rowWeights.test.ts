import { expect, test } from "vitest";
import type { Dataset } from "./dataset.js";
import { rowWeights } from "./rowWeights.js";

const datasetOf = (y: Dataset["train"]["y"], changes: Partial<Dataset> = {}): Dataset => {
  const rows = { count: 6, x: new Float32Array(6), y };
  const classNames = ["a", "b", "c"];
  const task = "classification";
  return { inputShape: [1], task, classNames, train: rows, test: rows, ...changes };
};
const LABELS = Uint8Array.of(0, 0, 0, 1, 1, 2);
const ALL = Int32Array.of(0, 1, 2, 3, 4, 5);

test("balanced weights are scikit-learn's", () => {
  // compute_class_weight("balanced", y=[0, 0, 0, 1, 1, 2]) of 1.9.1: 2/3, 1, 2
  const weights = rowWeights(datasetOf(LABELS), { class_weight: "balanced" }, ALL);
  const expected = [2 / 3, 2 / 3, 2 / 3, 1, 1, 2];
  for (const [row, weight] of expected.entries()) expect(weights?.[row]).toBeCloseTo(weight, 6);
});

test("balanced weights count the training rows and their classes alone", () => {
  const dataset = datasetOf(LABELS);
  const weights = rowWeights(dataset, { class_weight: "balanced" }, Int32Array.of(0, 1, 3, 4));
  expect(weights).toEqual(Float32Array.of(1, 1, 1, 1, 1, 1));
});

test("listed weights, 1 for labels that are not; times the rows' own", () => {
  const train = {
    count: 6,
    x: new Float32Array(6),
    y: LABELS,
    sampleWeight: Float32Array.of(1, 2, 1, 1, 1, 4),
  };
  const plan = { class_weight: { "0": 0.5, "2": 3 } };
  const weights = rowWeights(datasetOf(LABELS, { train }), plan, ALL);
  expect(weights).toEqual(Float32Array.of(0.5, 1, 0.5, 1, 1, 12));
  expect(rowWeights(datasetOf(LABELS, { train }), {}, ALL)).toBe(train.sampleWeight);
});

test("one-hot targets weigh by their class", () => {
  const oneHot = Float32Array.from({ length: 18 }, (_, at) =>
    LABELS[Math.floor(at / 3)] === at % 3 ? 1 : 0,
  );
  const weights = rowWeights(datasetOf(oneHot), { class_weight: { "1": 7 } }, ALL);
  expect(weights).toEqual(Float32Array.of(1, 1, 1, 7, 7, 1));
});

test("nothing asked for weighs nothing", () =>
  expect(rowWeights(datasetOf(LABELS), {}, ALL)).toBeUndefined());

test("a label that is none, and rows without classes, are refused by field", () => {
  expect(() => rowWeights(datasetOf(LABELS), { class_weight: { "3": 1 } }, ALL)).toThrow(
    "plan.class_weight.3 is no label",
  );
  const regression = datasetOf(new Float32Array(6), { task: "regression" });
  expect(() => rowWeights(regression, { class_weight: "balanced" }, ALL)).toThrow(
    "the data's task is regression",
  );
});

test("a single label is two classes: without it and with it", () => {
  const y = Float32Array.of(0, 1, 1, 0, 1, 0);
  const dataset = datasetOf(y, { task: "multi_label", classNames: ["wet"] });
  const weights = rowWeights(dataset, { class_weight: { "0": 0.5, "1": 2 } }, ALL);
  expect(weights).toEqual(Float32Array.of(0.5, 2, 2, 0.5, 2, 0.5));
});
