import { ClassificationReport } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { prepareConfusionMatrix } from "./prepareConfusionMatrix.js";

const average = { precision: 0.8, recall: 0.8, f1: 0.8 };
const report = ClassificationReport.parse({
  task: "classification",
  samples: 30,
  loss: 0.4,
  accuracy: 0.8,
  macro: average,
  weighted: average,
  perClass: ["Shirt", "Coat"].map((name, label) => ({
    label,
    name,
    ...average,
    support: label === 0 ? 20 : 10,
  })),
  confusionMatrix: [
    [15, 5],
    [1, 9],
  ],
  mostConfused: [{ a: "Shirt", b: "Coat", count: 6, aAsB: 5, bAsA: 1 }],
});

describe("prepareConfusionMatrix", () => {
  test("counts, with right and wrong on scales of their own", () => {
    const { rows, names } = prepareConfusionMatrix(report, false);
    expect(names).toEqual(["Shirt", "Coat"]);
    expect(rows.map((row) => row.cells.map((cell) => cell.text))).toEqual([
      ["15", "5"],
      ["1", "9"],
    ]);
    expect(rows[0]?.cells.map((cell) => cell.strength)).toEqual([1, 1]);
    expect(rows[1]?.cells.map((cell) => [cell.kind, cell.strength])).toEqual([
      ["wrong", 0.2],
      ["right", 0.6],
    ]);
    expect(rows[0]?.cells[1]?.title).toBe("Shirt taken for Coat: 5 of 20 (25.0 %)");
  });

  test("by row each actual class sums to 100", () => {
    const { rows } = prepareConfusionMatrix(report, true);
    expect(rows.map((row) => row.cells.map((cell) => cell.text))).toEqual([
      ["75", "25"],
      ["10", "90"],
    ]);
  });

  test("a class without images and a perfect model divide nothing by zero", () => {
    const empty = {
      ...report,
      confusionMatrix: [
        [0, 0],
        [0, 10],
      ],
      mostConfused: [],
    };
    const { rows, summary } = prepareConfusionMatrix(empty, true);
    expect(rows[0]?.cells.map((cell) => [cell.text, cell.strength])).toEqual([
      ["", 0],
      ["", 0],
    ]);
    expect(summary).toContain("No two classes are confused.");
  });

  test("names the most confused pair", () => {
    expect(prepareConfusionMatrix(report, false).summary).toBe(
      "Confusion matrix of 30 test images, accuracy 80.0 %. Most often confused: Shirt and Coat, 6 times.",
    );
  });
});
