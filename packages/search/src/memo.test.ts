import { expect, test } from "vitest";
import { createMemo } from "./memo.js";

const createSums = (size: number) =>
  createMemo<number, number>({ size, isSame: (a, b) => a === b });

test("a list that goes on from a remembered one is found, any other is not", () => {
  const memo = createSums(2);
  memo.keep("a", [1, 2], 3);
  expect(memo.longest("a", [1, 2, 4])).toEqual({ result: 3, used: 2 });
  expect(memo.longest("a", [1])).toBeNull();
  expect(memo.longest("a", [1, 3, 4])).toBeNull();
  expect(memo.longest("b", [1, 2])).toBeNull();
});

test("the key used longest ago is forgotten", () => {
  const memo = createSums(2);
  for (const key of ["a", "b", "a", "c"]) memo.keep(key, [], 0);
  expect(["a", "b", "c"].map((key) => memo.longest(key, []) !== null)).toEqual([true, false, true]);
});
