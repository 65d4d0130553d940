import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatCounted,
  formatMetric,
  formatNumber,
  formatParam,
  formatPercent,
} from "./formatNumber.js";

describe("formatMetric", () => {
  test.each([
    [0.9059553603287204, "0.9060"],
    [0.891, "0.8910"],
    [12.3456, "12.35"],
    [1234.5, "1235"],
    [0.0017, "1.7e-3"],
    [0.00017123, "1.712e-4"],
    [-0.5, "-0.5000"],
    [0, "0"],
    [2.5e9, "2.5e9"],
    [null, "–"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("%s → %s", (value, text) => expect(formatMetric(value)).toBe(text));
});

describe("formatParam", () => {
  test.each([
    [0.001, "1e-3"],
    [0.0003, "3e-4"],
    [0.05, "0.05"],
    [128, "128"],
    [3_835_123_456, "3835123456"],
    [2.5e15, "2.5e15"],
    ["relu", "relu"],
    [true, "true"],
    [null, "–"],
    [[512, 256], "[512,256]"],
  ])("%s → %s", (value, text) => expect(formatParam(value)).toBe(text));
});

test("a number keeps four digits and no trailing zero", () => {
  expect(formatNumber(0.89104)).toBe("0.891");
  expect(formatNumber(3)).toBe("3");
});

test("counts, shares and sizes read as a person writes them", () => {
  expect([formatCounted(0, "run"), formatCounted(1, "run"), formatCounted(10_000, "run")]).toEqual([
    "no runs",
    "1 run",
    "10,000 runs",
  ]);
  expect([formatPercent(0.8734), formatPercent(null)]).toEqual(["87.3 %", "–"]);
  expect([formatBytes(900), formatBytes(2_140_000)]).toEqual(["900 B", "2.04 MiB"]);
});
