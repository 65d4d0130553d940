import { expect, test } from "vitest";
import { driftOf } from "./drift.js";
import { countTenths, summaryNames, summaryOf, tenthsOf } from "./inputSummary.js";

const values = Array.from({ length: 1000 }, (_, at) => at / 1000);
const edges = tenthsOf(values);
const baseline = {
  rows: 1000,
  inputs: [{ name: "mean", edges, counts: countTenths(values, edges) }],
  classes: [600, 400],
};
const served = (inputs: readonly number[], classes: readonly number[]) => ({
  version: 3,
  rows: inputs.length,
  classes,
  inputs: countTenths(inputs, edges),
});

test("tenths hold a tenth each, and values that are all the same make one edge", () => {
  expect(baseline.inputs[0]?.counts).toEqual(Array(10).fill(100));
  expect(tenthsOf(Array(50).fill(0))).toEqual([0]);
  expect(countTenths([-1, 0, 0, 1], [0])).toEqual([1, 3]);
});

test("rows like those of training are stable", () => {
  const drift = driftOf(baseline, served(values, [601, 399]), ["shirt", "shoe"]);
  expect(drift).toMatchObject({ version: 3, rows: 1000, verdict: "stable" });
  expect(drift.inputs[0]?.psi).toBeCloseTo(0, 12);
  expect(drift.classes?.p).toBeGreaterThan(0.9);
});

test("brighter pictures drift by the index of their shares", () => {
  const brighter = values.map((value) => Math.min(0.999, value + 0.3005));
  const drift = driftOf(baseline, served(brighter, [600, 400]), ["shirt", "shoe"]);
  expect(drift.verdict).toBe("large");
  // Three empty tenths, six as before, and the last with four times its share.
  const expected = 3 * (0.0001 - 0.1) * Math.log(0.001) + 0.3 * Math.log(4);
  expect(drift.inputs[0]?.psi).toBeCloseTo(expected, 9);
});

test("predicted classes drift, by Pearson's test of a two by two table", () => {
  const drift = driftOf(baseline, served(values, [400, 600]), ["shirt", "shoe"]);
  expect(drift.verdict).toBe("moderate");
  expect(drift.classes).toMatchObject({ names: ["shirt", "shoe"], degrees: 1 });
  expect(drift.classes?.psi).toBeCloseTo(2 * 0.2 * Math.log(1.5), 9);
  expect(drift.classes?.chiSquared).toBeCloseTo(80, 9); // 4 · 100² / 500
});

test("few rows say nothing", () => {
  expect(driftOf(baseline, served([0.99, 0.98], [0, 2]), ["a", "b"]).verdict).toBe("too_few");
});

test("a table's columns are looked at one by one, a picture as a whole", () => {
  expect(summaryNames(3)).toEqual(["column 1", "column 2", "column 3"]);
  expect(summaryOf(Float32Array.of(1, 2, 3))).toEqual([1, 2, 3]);
  expect(summaryNames(784)).toEqual(["mean", "deviation"]);
  expect(summaryOf(Float32Array.from({ length: 100 }, (_, at) => at % 2))).toEqual([0.5, 0.5]);
});
