import { readdirSync, readFileSync } from "node:fs";
import { Report } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { evaluate } from "./evaluate.js";

interface Average {
  precision: number;
  recall: number;
  f1: number;
}

interface MetricsCase {
  name: string;
  classes: number;
  y_true: { data: number[] };
  y_prob: { data: number[] };
  expected: {
    accuracy: number;
    per_class: { precision: number[]; recall: number[]; f1: number[]; support: number[] };
    macro: Average;
    weighted: Average;
    confusion_matrix: number[][];
    log_loss: number;
  };
}

const folder = new URL("../fixtures/golden/", import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.startsWith("metrics-"))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as MetricsCase);

test.each(cases.map((golden) => [golden.name, golden] as const))(
  "%s: scikit-learn's figures",
  (_, golden) => {
    const { expected, classes } = golden;
    const names = Array.from({ length: classes }, (_, label) => `class ${label}`);
    const report = evaluate(
      Float32Array.from(golden.y_prob.data),
      Uint8Array.from(golden.y_true.data),
      names,
    );
    const close = (got: number | null | undefined, want: number | undefined) =>
      expect(Math.abs((got ?? Number.NaN) - (want ?? Number.NaN))).toBeLessThan(1e-9);

    close(report.accuracy, expected.accuracy);
    close(report.loss, expected.log_loss);
    expect(report.confusionMatrix).toEqual(expected.confusion_matrix);
    expect(report.perClass.map(({ support }) => support)).toEqual(expected.per_class.support);
    for (const figure of ["precision", "recall", "f1"] as const) {
      report.perClass.forEach((one, label) => {
        close(one[figure], expected.per_class[figure][label]);
      });
      close(report.macro[figure], expected.macro[figure]);
      close(report.weighted[figure], expected.weighted[figure]);
    }
    expect(Report.parse(report)).toEqual(report);
  },
);

test("pairs of confused classes count both ways together, most often first", () => {
  const names = ["shirt", "coat", "bag"];
  const predicted = [1, 1, 0, 0, 2, 1];
  const probabilities = Float32Array.from(
    predicted.flatMap((p) => names.map((_, c) => +(c === p))),
  );
  const { mostConfused } = evaluate(probabilities, Uint8Array.of(0, 0, 1, 0, 0, 1), names);
  expect(mostConfused).toEqual([
    { a: "shirt", b: "coat", count: 3, aAsB: 2, bAsA: 1 },
    { a: "shirt", b: "bag", count: 1, aAsB: 1, bAsA: 0 },
  ]);
});

test("NaN probabilities give a report without a loss", () => {
  const report = evaluate(new Float32Array(4).fill(Number.NaN), Uint8Array.of(0, 1), ["a", "b"]);
  expect(report.loss).toBeNull();
  expect(report.accuracy).toBe(0.5); // the first class is what is left to predict
});

test("refuses lengths that disagree and labels without a class", () => {
  expect(() => evaluate(new Float32Array(3), Uint8Array.of(0), ["a", "b"])).toThrow("2 classes");
  expect(() => evaluate(new Float32Array(2), Uint8Array.of(2), ["a", "b"])).toThrow("label 2");
});
