import { expect, test } from "vitest";
import { prepareCalibration } from "./prepareCalibration.js";

const bin = (from: number, rows: number, confidence: number | null, accuracy: number | null) => ({
  from,
  to: from + 0.5,
  rows,
  confidence,
  accuracy,
});

test("bins with rows are points, as large as their share; empty ones stay in the table", () => {
  const chart = prepareCalibration({
    expectedError: 0.05,
    bins: [bin(0, 0, null, null), bin(0.2, 25, 0.6, 0.5), bin(0.5, 100, 0.9, 0.95)],
  });
  expect(chart?.points.map(({ at, size }) => [at, size])).toEqual([
    [[0.6, 0.5], 11],
    [[0.9, 0.95], 22],
  ]);
  expect(chart?.table.rows).toHaveLength(3);
  expect(chart?.summary).toContain("0.0500");
});

test("nothing to draw is null", () => {
  expect(prepareCalibration(null)).toBeNull();
  expect(prepareCalibration({ expectedError: null, bins: [bin(0, 0, null, null)] })).toBeNull();
});
