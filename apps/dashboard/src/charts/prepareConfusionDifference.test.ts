import type { ClassificationReport } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { prepareConfusionDifference } from "./prepareConfusionDifference.js";

const report = (confusionMatrix: number[][], names = ["cat", "dog"]) =>
  ({
    confusionMatrix,
    perClass: names.map((name) => ({ name })),
  }) as unknown as ClassificationReport;

const base = report([
  [80, 20],
  [10, 40],
]);

test("differences are points of each actual class, good where the model is the better for them", () => {
  const matrix = prepareConfusionDifference(
    report([
      [90, 10],
      [15, 35],
    ]),
    base,
  );
  expect(matrix?.rows.map(({ cells }) => cells.map(({ text, kind }) => [text, kind]))).toEqual([
    [
      ["+10.0", "right"],
      ["\u221210.0", "right"],
    ],
    [
      ["+10.0", "wrong"],
      ["\u221210.0", "wrong"],
    ],
  ]);
  expect(matrix?.rows[0]?.cells[1]?.title).toBe("cat taken for dog: \u221210.0 points of 100");
});

test("equal matrices differ nowhere, and a class without rows counts as nothing", () => {
  const matrix = prepareConfusionDifference(base, base);
  expect(
    matrix?.rows.flatMap(({ cells }) => cells.map(({ text, strength }) => [text, strength])),
  ).toEqual(Array.from({ length: 4 }, () => ["", 0]));
  const empty = report([
    [0, 0],
    [10, 40],
  ]);
  expect(prepareConfusionDifference(empty, base)?.rows[0]?.cells[0]?.text).toBe("\u221280.0");
});

test("models of other classes have no difference", () => {
  expect(
    prepareConfusionDifference(
      report(
        [
          [1, 0],
          [0, 1],
        ],
        ["cat", "cow"],
      ),
      base,
    ),
  ).toBeNull();
});
