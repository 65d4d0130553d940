import { expect, test } from "vitest";
import { comparePredictions } from "./comparePredictions.js";
import { rankClasses } from "./rankClasses.js";

const NAMES = ["boot", "shirt", "coat"];
const ranked = (...probabilities: number[]) =>
  rankClasses(Float32Array.from(probabilities), (label) => NAMES[label] ?? "");

test("classes are ranked by probability, with their names", () => {
  expect(ranked(0.25, 0.5, 0.25).map(({ name }) => name)).toEqual(["shirt", "boot", "coat"]);
});

test("the same class with another rounding agrees", () => {
  const found = comparePredictions(ranked(0.7, 0.2, 0.1), ranked(0.700001, 0.199999, 0.1));
  expect(found).toMatchObject({ agree: true, isSameClass: true });
  expect(found.largestDifference).toBeLessThan(2e-6);
});

test("another class, another probability or no number at all does not", () => {
  const server = ranked(0.7, 0.2, 0.1);
  expect(comparePredictions(server, ranked(0.2, 0.7, 0.1)).agree).toBe(false);
  expect(comparePredictions(server, ranked(0.69, 0.21, 0.1))).toMatchObject({
    agree: false,
    isSameClass: true,
  });
  expect(comparePredictions(server, ranked(Number.NaN, Number.NaN, Number.NaN)).agree).toBe(false);
});
