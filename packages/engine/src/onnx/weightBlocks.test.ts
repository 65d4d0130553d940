import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "../describeModel.js";
import { initialWeights } from "../initialWeights.js";
import { allBlocks, cutBlock, joinBlocks, weightBlocks } from "./weightBlocks.js";

const plan = TrainPlan.parse({
  data: { dataset: "d" },
  model: { template: "mlp", units: [70, 33] },
});
const model = describeModel(plan.model, [5, 7], 10);

test.each([Number.POSITIVE_INFINITY, 1000, 500, 1])(
  "blocks of %d numbers make up the weights",
  (numbers) => {
    const weights = initialWeights(model, 1);
    const blocks = allBlocks(weightBlocks(model, numbers));
    expect(new Set(blocks.map(({ id }) => id)).size).toBe(blocks.length);
    const joined = joinBlocks(blocks, (block) => {
      const weight = weights.get(block.weight);
      if (weight === undefined) throw new Error(block.weight);
      return cutBlock(block, weight);
    });
    expect(joined).toEqual(weights);
  },
);
