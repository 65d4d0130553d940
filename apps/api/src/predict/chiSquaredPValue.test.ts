import { expect, test } from "vitest";
import { chiSquaredPValue } from "./chiSquaredPValue.js";

// scipy.stats.chi2.sf
test.each([
  [0.5, 1, 0.47950012218695337],
  [3.84, 1, 0.05004352124870519],
  [30, 1, 4.3204630578274955e-8],
  [1, 2, 0.6065306597126334],
  [15, 3, 0.0018166489665723214],
  [5, 4, 0.2872974951836458],
  [16.9, 9, 0.0503051901243108],
  [3, 9, 0.9642949726850891],
  [120, 9, 1.336164776532522e-21],
  [900, 99, 2.2897504408799747e-129],
])("of %d with %d degrees of freedom is scipy's", (statistic, degrees, p) => {
  expect(chiSquaredPValue(statistic, degrees) / p).toBeCloseTo(1, 9);
});

test("of no difference is 1, and of an endless one 0", () => {
  expect(chiSquaredPValue(0, 3)).toBe(1);
  expect(chiSquaredPValue(1e6, 3)).toBe(0);
});
