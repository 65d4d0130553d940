import { expect, test } from "vitest";
import { comparePredictions } from "./comparePredictions.js";
import { nameOutputs } from "./nameOutputs.js";

const NAMES = ["boot", "shirt", "coat"];
const ranked = (...probabilities: number[]) =>
  nameOutputs("classification", Float32Array.from(probabilities), (label) => NAMES[label] ?? "");

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

test("labels and values keep their order, and large values may differ by a share", () => {
  const values = (...numbers: number[]) =>
    nameOutputs("regression", Float32Array.from(numbers), (target) => NAMES[target] ?? "");
  expect(values(3, 250_000)).toEqual([
    { label: 0, name: "boot", value: 3 },
    { label: 1, name: "shirt", value: 250_000 },
  ]);
  expect(comparePredictions(values(3, 250_000), values(3, 250_010)).agree).toBe(true);
  expect(comparePredictions(values(3, 250_000), values(4, 250_000)).agree).toBe(false);
  const labels = nameOutputs(
    "multi_label",
    Float32Array.of(0.1, 0.9),
    (label) => NAMES[label] ?? "",
  );
  expect(labels.map(({ name }) => name)).toEqual(["boot", "shirt"]);
});
