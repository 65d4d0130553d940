import { expect, test } from "vitest";
import { mannWhitneyLarger, median } from "./mannWhitney.js";

test.each([
  // scipy.stats.mannwhitneyu(ours, theirs, alternative="greater", method="asymptotic")
  { ours: [1, 2, 3, 4, 5, 6, 7, 8], theirs: [3, 4, 5, 6, 7, 8, 9, 10], p: 0.9369381071885968 },
  { ours: [5, 6, 7, 8, 9, 10, 11, 12], theirs: [1, 2, 3, 4, 5, 6, 7, 8], p: 0.0066565013819083274 },
  { ours: [1, 1, 2, 2, 3], theirs: [1, 2, 2, 2, 2], p: 0.5944649353330462 },
])("the p-value is SciPy's: $p", ({ ours, theirs, p }) => {
  expect(mannWhitneyLarger(ours, theirs)).toBeCloseTo(p, 6);
});

test("values all alike say nothing", () => {
  expect(mannWhitneyLarger([1, 1, 1], [1, 1, 1])).toBe(0.5);
});

test("NaN is worse than any number", () => {
  expect(mannWhitneyLarger([Number.NaN, 2], [1, 0])).toBe(mannWhitneyLarger([9, 2], [1, 0]));
});

test("the median of an even number of values is the mean of the middle two", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
});
