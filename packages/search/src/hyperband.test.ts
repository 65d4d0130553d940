import { expect, test } from "vitest";
import { crc32 } from "./crc32.js";
import { exactLog } from "./exactLog.js";
import { bracketBudgets } from "./hyperband.js";

test("crc32 is zlib's, of UTF-8", () => {
  expect(crc32("")).toBe(0);
  expect(crc32("123456789")).toBe(0xcbf43926);
  expect(crc32("größe_7")).toBe(2_165_085_686);
});

// Python's math.log, from a C library that rounds correctly.
test.each([
  [1, 0],
  [2, Math.LN2],
  [3, 1.0986122886681098],
  [10, Math.LN10],
  [243, 5.493061443340548],
  [1000, 6.907755278982137],
  [9_007_199_254_740_991, 36.7368005696771],
])("exactLog(%d)", (integer, expected) => {
  expect(exactLog(integer)).toBe(expected);
});

test.each([
  [243, 3, 5],
  [1000, 10, 3],
  [81, 3, 5],
  [27, 3, 4],
  [1, 3, 1],
])("1..%d by %d makes %d brackets, as Optuna counts them", (max_resource, reduction_factor, n) => {
  const options = { min_resource: 1, max_resource, reduction_factor, bootstrap_count: 0 };
  expect(bracketBudgets(options)).toHaveLength(n);
});
