import { expect, test } from "vitest";
import { createTimeLeft } from "./timeLeft.js";

test("reckons with the pace since the first look, not with what was done before", () => {
  const timeLeft = createTimeLeft();
  expect(timeLeft(100, 135, 0)).toBeNull();
  expect(timeLeft(100, 135, 5_000)).toBeNull();
  expect(timeLeft(105, 135, 10_000)).toBe(60);
});
