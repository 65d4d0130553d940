import { expect, test } from "vitest";
import { estimateEpoch } from "./estimateEpoch.js";

const epoch = (flops: number, seconds: number) => ({ flops, seconds });

test("nothing measured, nothing estimated", () => {
  expect(estimateEpoch(1e9, [])).toBeNull();
  expect(estimateEpoch(0, [epoch(1e9, 2)])).toBeNull();
});

test("one measured epoch is scaled by its FLOPs", () => {
  expect(estimateEpoch(2e9, [epoch(1e9, 3)])).toBeCloseTo(6);
});

test("a single slow run among similar ones does not count", () => {
  const measured = [epoch(1e9, 1), epoch(1e9, 1.1), epoch(1e9, 60)];
  expect(estimateEpoch(1e9, measured)).toBeCloseTo(1.1);
});

test("runs of another size do not count where there are enough of a similar one", () => {
  const small = Array.from({ length: 20 }, () => epoch(1e6, 1));
  const similar = Array.from({ length: 9 }, () => epoch(1e9, 2));
  expect(estimateEpoch(1e9, [...small, ...similar])).toBeCloseTo(2);
});

test("the median of an even number is the mean of the middle two", () => {
  expect(estimateEpoch(1, [epoch(1, 1), epoch(1, 3)])).toBeCloseTo(2);
});
