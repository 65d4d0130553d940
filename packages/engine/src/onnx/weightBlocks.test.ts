import { TrainPlan } from "@sweepyard/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeModel } from "../describeModel.js";
import { initialWeights } from "../initialWeights.js";
import { cutBlock, joinBlocks, trainingLimits, weightBlocks, weightNames } from "./weightBlocks.js";

const describe = (units: number[], inputShape: number[]) => {
  const plan = { data: { dataset: "d" }, model: { template: "mlp", units } };
  return describeModel(TrainPlan.parse(plan).model, inputShape, 10);
};

const anyLimits = fc.record({
  cutAbove: fc.constantFrom(1, 100, 500, 1000, Number.POSITIVE_INFINITY),
  packBelow: fc.constantFrom(0, 60, 350, 1e9),
});
const anyUnits = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 2, maxLength: 2 });

test("blocks of any network and limits make up its weights", () => {
  fc.assert(
    fc.property(anyUnits, anyLimits, (units, limits) => {
      const model = describe(units, [3, 5]);
      const weights = initialWeights(model, 1);
      const blocks = weightBlocks(model, limits);
      expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
      const joined = joinBlocks(blocks, weightNames(model), (block) => cutBlock(block, weights));
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

test("the seed's network on one thread: 256 columns a block, the rest in one", () => {
  const blocks = weightBlocks(describe([512, 256], [28, 28]), trainingLimits(1));
  expect(blocks.map(({ id, shape }) => [id, ...shape])).toEqual([
    ...[0, 256].map((column) => [`dense/kernel:${column}`, 784, 256]),
    ["dense_1/kernel", 512, 256],
    ["packed", 512 + 256 + 256 * 10 + 10],
  ]);
});
