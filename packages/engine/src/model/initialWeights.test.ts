import { readFileSync } from "node:fs";
import { INITIALIZERS, Initializer, TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { createUniform } from "../random.js";
import { describeModel } from "./describeModel.js";
import { initialize } from "./initializers.js";
import { initialWeights } from "./initialWeights.js";

interface Row {
  initializer: string;
  config: Record<string, number>;
  shape: number[];
  expected: {
    distribution: string;
    min?: number;
    max?: number;
    std: number;
    gram?: "columns" | "rows";
    matrix?: [number, number];
  };
  sampled: { mean: number };
}

const url = new URL("../../fixtures/golden/initializers.json", import.meta.url);
const { rows } = JSON.parse(readFileSync(url, "utf8")) as { rows: Row[] };

const CLASS_NAMES: Readonly<Record<string, string>> = {
  constant: "Constant",
  orthogonal: "Orthogonal",
  identity: "Identity",
  random_uniform: "RandomUniform",
  random_normal: "RandomNormal",
  truncated_normal: "TruncatedNormal",
};
const initializerOf = ({ initializer, config }: Row): Initializer =>
  Initializer.parse(
    Object.keys(config).length === 0
      ? initializer
      : { class_name: CLASS_NAMES[initializer], ...config },
  );

test("every initializer has a recorded distribution", () => {
  const recorded = new Set(rows.map(({ initializer }) => initializer));
  expect(INITIALIZERS.filter((name) => !recorded.has(name))).toEqual([]);
});

test.each(rows.map((row) => [row.initializer, row.shape.join("×"), row] as const))(
  "%s of %s",
  (_, __, row) => {
    const values = initialize(initializerOf(row), row.shape, createUniform(11, 1, 0));
    const { std, min, max, gram, matrix } = row.expected;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    const wantMean = row.expected.distribution === "fixed" ? row.sampled.mean : 0;
    expect(Math.abs(spread - std)).toBeLessThanOrEqual(0.02 * std + 1e-9);
    const room = (4 * std) / Math.sqrt(values.length) + 1e-9;
    expect(Math.abs(mean - wantMean)).toBeLessThanOrEqual(room);
    const lowest = values.reduce((least, value) => Math.min(least, value));
    const highest = values.reduce((most, value) => Math.max(most, value));
    expect(lowest).toBeGreaterThanOrEqual(Math.fround(min ?? Number.NEGATIVE_INFINITY));
    expect(highest).toBeLessThanOrEqual(Math.fround(max ?? Number.POSITIVE_INFINITY));
    if (gram === undefined || matrix === undefined) return;
    expect(largestGramError(values, matrix, gram, row.config.gain ?? 1)).toBeLessThan(1e-4);
  },
);

/** Furthest that an inner product of two columns (rows) is from gain² or 0. */
function largestGramError(
  values: Float32Array,
  [height, width]: [number, number],
  gram: "columns" | "rows",
  gain: number,
): number {
  const [count, length] = gram === "columns" ? [width, height] : [height, width];
  const at = (vector: number, i: number) =>
    values[gram === "columns" ? i * width + vector : vector * width + i] as number;
  let largest = 0;
  for (let a = 0; a < count; a += 7)
    for (let b = 0; b < count; b++) {
      let product = 0;
      for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
      largest = Math.max(largest, Math.abs(product - (a === b ? gain * gain : 0)));
    }
  return largest;
}

test("biases start at 0, each layer draws numbers of its own, and the seed decides", () => {
  const plan = TrainPlan.parse({
    data: { dataset: "d" },
    model: { template: "mlp", depth: 2, units: 8 },
  });
  const { model, loss } = plan;
  const task = { inputShape: [8], outputs: 8, task: "classification", loss } as const;
  const described = describeModel(model, task);
  const weights = initialWeights(described, 1);
  expect([...weights.keys()].slice(0, 2)).toEqual(["dense/kernel", "dense/bias"]);
  expect(weights.get("dense_1/bias")?.data).toEqual(new Float32Array(8));
  expect(weights.get("dense_1/kernel")).not.toEqual(weights.get("dense/kernel"));
  expect(initialWeights(described, 1)).toEqual(weights);
  expect(initialWeights(described, 2)).not.toEqual(weights);
});

test("normalisations start as the identity", () => {
  const { model, loss } = TrainPlan.parse({
    data: { dataset: "d" },
    model: { template: "mlp", depth: 1, units: 3, batch_norm: true },
  });
  const described = describeModel(model, {
    inputShape: [2],
    outputs: 2,
    task: "classification",
    loss,
  });
  const weights = initialWeights(described, 1);
  const of = (name: string) => [...(weights.get(`batch_normalization/${name}`)?.data ?? [])];
  expect([of("gamma"), of("beta")]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
  expect([of("moving_mean"), of("moving_variance")]).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ]);
});
