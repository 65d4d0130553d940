import type { RegressionReport } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { prepareFarthest, prepareResiduals } from "./prepareResiduals.js";

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

test("the farthest rows of a target lie on a common scale, with their residuals in the table", () => {
  const plot = prepareFarthest(report, 0);
  expect(plot?.points).toEqual([[10, 5]]);
  expect([plot?.x.min, plot?.x.max]).toEqual([plot?.y.min, plot?.y.max]);
  expect(plot?.table.rows).toEqual([[7, 10, 5, 5]]);
});

test("a target without residuals, or that is not there, has no plot", () => {
  expect(prepareResiduals(report, 1)).toBeNull();
  expect(prepareResiduals(report, 2)).toBeNull();
  expect(prepareFarthest({ ...report, worst: [] }, 0)).toBeNull();
});
