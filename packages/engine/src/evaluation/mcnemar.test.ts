import { expect, test } from "vitest";
import { mcnemarPValue } from "./mcnemar.js";

/** From scipy 1.17: `binomtest(onlyA, onlyA + onlyB, 0.5).pvalue`. */
test.each([
  [0, 1, 1],
  [1, 3, 0.625],
  [5, 15, 0.04138946533203125],
  [10, 30, 0.0022214337732293643],
  [121, 59, 4.4344492637551645e-6],
  [500, 400, 0.0009564441369189373],
  [3000, 2800, 0.00896943600119357],
  [0, 60, 1.734723475976807e-18],
])("%i rows against %i", (onlyA, onlyB, pValue) => {
  expect(mcnemarPValue(onlyA, onlyB) / pValue).toBeCloseTo(1, 9);
  expect(mcnemarPValue(onlyB, onlyA)).toBe(mcnemarPValue(onlyA, onlyB));
});

test("as many rows for one as for the other, or none, tell nothing", () => {
  expect([mcnemarPValue(0, 0), mcnemarPValue(7, 7)]).toEqual([1, 1]);
});

test("what is too small for a double is 0", () => {
  expect(mcnemarPValue(0, 5000)).toBe(0);
});
