import { TrainPlan } from "@sweepyard/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeModel } from "../model/describeModel.js";
import { initialWeights } from "../model/initialWeights.js";
import {
  cutBlock,
  joinBlocks,
  trainingLimits,
  type WeightBlock,
  weightBlocks,
} from "./weightBlocks.js";

const describeAs = (model: unknown, inputShape: number[]) => {
  const plan = TrainPlan.parse({ data: { dataset: "d" }, model });
  const task = { inputShape, outputs: 10, task: "classification", loss: plan.loss } as const;
  return describeModel(plan.model, task);
};

const describe = (units: number[], inputShape: number[]) => {
  return describeAs({ template: "mlp", units }, inputShape);
};

const anyLimits = fc.record({
  cutAbove: fc.constantFrom(1, 100, 500, 1000, Number.POSITIVE_INFINITY),
  packBelow: fc.constantFrom(0, 60, 350, 1e9),
  transposeFrom: fc.constantFrom(1, 30, Number.POSITIVE_INFINITY),
});
const anyUnits = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 2, maxLength: 2 });

const isTransposed = ({ pieces }: WeightBlock) =>
  pieces.some(({ axes }) => axes.length === 2 && axes[0] === 1);

test("blocks of any network and limits make up its weights", () => {
  fc.assert(
    fc.property(anyUnits, anyLimits, (units, limits) => {
      const model = describe(units, [3, 5]);
      const weights = initialWeights(model, 1);
      const blocks = weightBlocks(model, limits);
      expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
      const joined = joinBlocks(blocks, [...weights.keys()], (block) => cutBlock(block, weights));
      expect([...joined.keys()]).toEqual([...weights.keys()]);
      for (const [name, { data }] of weights)
        expect(
          joined.get(name)?.data.every((value, at) => value === data[at]),
          name,
        ).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("the seed's network on one thread: two blocks of 256 units held transposed", () => {
  const blocks = weightBlocks(describe([512, 256], [28, 28]), trainingLimits(1));
  expect(blocks.map(({ id, shape }) => [id, ...shape])).toEqual([
    ["dense/kernel:0", 256, 784],
    ["dense/kernel:256", 256, 784],
    ["dense_1/kernel", 512, 256],
    ["packed", 512 + 256 + 256 * 10 + 10],
  ]);
});

test("a transposed block has the numbers of its columns one after the other", () => {
  const model = describe([4, 3], [2]);
  const weights = initialWeights(model, 1);
  const limits = { cutAbove: Number.POSITIVE_INFINITY, packBelow: 0, transposeFrom: 4 };
  const [kernel, ...others] = weightBlocks(model, limits);
  if (kernel === undefined) throw new Error("no blocks");
  const w = [...(weights.get("dense/kernel")?.data ?? [])];
  expect(kernel.shape).toEqual([4, 2]);
  expect([...cutBlock(kernel, weights)]).toEqual([0, 4, 1, 5, 2, 6, 3, 7].map((at) => w[at]));
  expect(others.map(isTransposed)).toEqual([false, false, false, false, false]);
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
  const limits = { cutAbove: 10, packBelow: 0, transposeFrom: 1 };
  const blocks = weightBlocks(describeAs({ layers }, [2]), limits);
  expect(blocks.some(isTransposed)).toBe(false);
});
