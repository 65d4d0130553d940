import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "../describeModel.js";
import { initialWeights } from "../initialWeights.js";
import {
  cutBlock,
  joinBlocks,
  trainingLimits,
  WHOLE_WEIGHTS,
  weightBlocks,
  weightNames,
} from "./weightBlocks.js";

const describe = (units: number[], inputShape: number[]) => {
  const plan = { data: { dataset: "d" }, model: { template: "mlp", units } };
  return describeModel(TrainPlan.parse(plan).model, inputShape, 10);
};

test.each([
  WHOLE_WEIGHTS,
  { cutAbove: 1000, packBelow: 0 },
  { cutAbove: 500, packBelow: 60 },
  { cutAbove: 1, packBelow: 350 },
  { cutAbove: 1, packBelow: 1e9 },
])("blocks cut above $cutAbove and packed below $packBelow make up the weights", (limits) => {
  const model = describe([70, 33], [5, 7]);
  const weights = initialWeights(model, 1);
  const blocks = weightBlocks(model, limits);
  expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
  const joined = joinBlocks(blocks, weightNames(model), (block) => cutBlock(block, weights));
  expect(joined).toEqual(weights);
  expect([...joined.keys()]).toEqual([...weights.keys()]);
});

test("the seed's network on one thread: columns of 80 and 128, the rest in one block", () => {
  const blocks = weightBlocks(describe([512, 256], [28, 28]), trainingLimits(1));
  expect(blocks.map(({ id, shape }) => [id, ...shape])).toEqual([
    ...[0, 80, 160, 240, 320, 400].map((column) => [`dense/kernel:${column}`, 784, 80]),
    ["dense/kernel:480", 784, 32],
    ["dense_1/kernel:0", 512, 128],
    ["dense_1/kernel:128", 512, 128],
    ["packed", 512 + 256 + 256 * 10 + 10],
  ]);
});
