import type { RegressionReport } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { prepareOutputs, prepareResiduals } from "./prepareResiduals.js";

const report = {
  task: "regression",
  samples: 200,
  perTarget: [
    {
      name: "price",
      residuals: [
        { quantile: 0, value: -3 },
        { quantile: 0.5, value: 0.25 },
        { quantile: 1, value: 5 },
      ],
    },
    { name: "age", residuals: [] },
  ],
  worst: [
    { row: 7, target: 0, actual: 10, predicted: 5 },
    { row: 9, target: 1, actual: 1, predicted: 2 },
  ],
  sample: null,
} as unknown as RegressionReport;

test("residuals are shares of rows, with zero on the axis", () => {
  const plot = prepareResiduals(report, 0);
  expect(plot?.points).toEqual([
    [-3, 0],
    [0.25, 0.5],
    [5, 1],
  ]);
  expect(plot?.x.min).toBeLessThanOrEqual(-3);
  expect(plot?.summary).toContain("half of them are at 0.2500 or below");
});

test("outputs lie against targets on a common scale, the farthest marked, each row once", () => {
  const sample = { rows: [3, 7, 8], actual: [[2, 10, 4]], predicted: [[3, 5, null]] };
  const plot = prepareOutputs({ ...report, sample }, 0);
  expect(plot?.points).toEqual([
    [2, 3],
    [10, 5],
  ]);
  expect(plot?.farthest).toEqual([[10, 5]]);
  expect([plot?.x.min, plot?.x.max]).toEqual([plot?.y.min, plot?.y.max]);
  expect(plot?.summary).toContain("the 1 with the largest residuals and 1 others of 200 test rows");
  expect(plot?.table.rows).toEqual([
    [3, 2, 3, -1],
    [7, 10, 5, 5],
  ]);
});

test("a report of before, without a sample, shows the farthest rows alone", () => {
  const plot = prepareOutputs(report, 0);
  expect(plot?.points).toEqual(plot?.farthest);
  expect(plot?.summary).not.toContain("others");
});

test("a target without residuals, or that is not there, has no plot", () => {
  expect(prepareResiduals(report, 1)).toBeNull();
  expect(prepareResiduals(report, 2)).toBeNull();
  expect(prepareOutputs({ ...report, worst: [] }, 0)).toBeNull();
});
