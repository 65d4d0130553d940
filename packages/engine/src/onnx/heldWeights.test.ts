import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import { fromHeld, heldWeights, isTransposed, TRANSPOSE_FROM, toHeld } from "./heldWeights.js";

const describe = (model: unknown, inputShape: number[]) => {
  const plan = TrainPlan.parse({ data: { dataset: "d" }, model });
  const task = { inputShape, outputs: 10, task: "classification", loss: plan.loss } as const;
  return describeModel(plan.model, task);
};

test.each([
  ["of Dense layers", { template: "mlp", units: [5, 3] }, [2, 3]],
  ["of convolutions", { template: "cnn", filters: 3, units: 4 }, [8, 8, 2]],
])("weights %s come back as they were put in", (_, model, inputShape) => {
  const described = describe(model, inputShape);
  const weights = initialWeights(described, 1);
  for (const held of heldWeights(described, 1)) {
    const { data } = weights.get(held.name) ?? { data: new Float32Array() };
    const back = fromHeld(held, toHeld(held, data));
    expect(back, held.name).toEqual(data);
    expect(back.buffer, `${held.name} is a copy`).not.toBe(data.buffer);
  }
});

test("the seed's network holds its first kernel as [units, inputs]", () => {
  const held = heldWeights(describe({ template: "mlp" }, [28, 28]), TRANSPOSE_FROM);
  expect(held.map(({ name, shape }) => [name, ...shape])).toEqual([
    ["dense/kernel", 512, 784],
    ["dense/bias", 512],
    ["dense_1/kernel", 512, 256],
    ["dense_1/bias", 256],
    ["dense_2/kernel", 256, 10],
    ["dense_2/bias", 10],
  ]);
});

test("a transposed kernel has the numbers of its columns one after the other", () => {
  const model = describe({ template: "mlp", units: [4, 3] }, [2]);
  const [kernel, ...others] = heldWeights(model, 4);
  if (kernel === undefined) throw new Error("no weights");
  const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  expect([...toHeld(kernel, data)]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  expect(others.some(isTransposed)).toBe(false);
});

test.each([
  ["the last layer", [{ class_name: "Dense", units: 10, activation: "softmax" }]],
  [
    "behind a softmax",
    [
      { class_name: "Dense", units: 20, activation: "softmax" },
      { class_name: "Dense", units: 10, activation: "softmax" },
    ],
  ],
])("a kernel is not transposed where its outputs are read row by row: %s", (_, layers) => {
  expect(heldWeights(describe({ layers }, [2]), 1).some(isTransposed)).toBe(false);
});
