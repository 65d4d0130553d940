import { expect, test } from "vitest";
import { readNumbers } from "./readNumbers.js";

test.each([
  ["1, 2.5,-3", [1, 2.5, -3]],
  ["1;2\n3", [1, 2, 3]],
  [" 1e-3 2 3 ", [0.001, 2, 3]],
])("reads %j", (text, numbers) => {
  expect(readNumbers(text, 3)).toEqual({ ok: true, numbers });
});

test.each([
  ["1, 2", "2 of 3 numbers are there"],
  ["", "0 of 3 numbers are there"],
  ["1, two, 3", "“two” is no number"],
  ["1, Infinity, 3", "“Infinity” is no number"],
])("says what is wrong with %j", (text, message) => {
  expect(readNumbers(text, 3)).toEqual({ ok: false, message });
});
