import { readFileSync } from "node:fs";
import { Initializer, TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "./describeModel.js";
import { initialize, initialWeights } from "./initialWeights.js";
import { createUniform } from "./random.js";

interface Row {
  initializer: string;
  fan_in: number;
  fan_out: number;
  shape: number[];
  expected: { min?: number; max?: number; std: number };
}

const url = new URL("../fixtures/golden/initializers.json", import.meta.url);
const rows = (JSON.parse(readFileSync(url, "utf8")) as { rows: Row[] }).rows.filter(
  ({ initializer, shape }) => Initializer.safeParse(initializer).success && shape.length === 2,
);

test("every initializer has a recorded distribution", () => {
  expect(new Set(rows.map((row) => row.initializer))).toEqual(new Set(Initializer.options));
});

test.each(rows.map((row) => [row.initializer, row] as const))("%s", (name, row) => {
  const next = createUniform(11, 1, 0);
  const values = initialize(Initializer.parse(name), row.fan_in, row.fan_out, next);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  const { expected } = row;
  expect(Math.abs(std - expected.std)).toBeLessThanOrEqual(0.02 * expected.std);
  expect(Math.abs(mean)).toBeLessThanOrEqual((4 * expected.std) / Math.sqrt(values.length));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(expected.min ?? 0));
  expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(expected.max ?? 0));
});

test("biases start at 0, each layer draws numbers of its own, and the seed decides", () => {
  const plan = TrainPlan.parse({
    data: { dataset: "d" },
    model: { template: "mlp", depth: 2, units: 8 },
  });
  const model = describeModel(plan.model, [8], 8);
  const weights = initialWeights(model, 1);
  expect([...weights.keys()].slice(0, 2)).toEqual(["dense/kernel", "dense/bias"]);
  expect(weights.get("dense_1/bias")?.data).toEqual(new Float32Array(8));
  expect(weights.get("dense_1/kernel")).not.toEqual(weights.get("dense/kernel"));
  expect(initialWeights(model, 1)).toEqual(weights);
  expect(initialWeights(model, 2)).not.toEqual(weights);
});
