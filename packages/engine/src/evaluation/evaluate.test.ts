import { readdirSync, readFileSync } from "node:fs";
import {
  type AverageReport,
  classificationReportText,
  Report,
  reportMetrics,
  reportMetricsOf,
} from "@sweepyard/contract";
import { expect, test } from "vitest";
import { evaluate } from "./evaluate.js";
import { evaluateClassification } from "./evaluateClassification.js";
import { wilsonInterval } from "./intervals.js";

interface MetricsCase {
  name: string;
  classes: number;
  y_true: { data: number[] };
  y_prob: { data: number[] };
  expected: {
    accuracy: number;
    balanced_accuracy: number;
    matthews_corrcoef: number;
    cohen_kappa: number;
    per_class: { precision: number[]; recall: number[]; f1: number[]; support: number[] };
    macro: AverageReport;
    micro: AverageReport;
    weighted: AverageReport;
    confusion_matrix: number[][];
    top_2_accuracy?: number | null;
    top_3_accuracy?: number | null;
    log_loss: number;
    roc_auc_ovr: { per_class: (number | null)[]; macro_over_defined: number };
    classification_report: string;
    classification_report_4_digits: string;
  };
}

const fixtures = new URL("../../fixtures/", import.meta.url);
const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, fixtures), "utf8"));
const cases: MetricsCase[] = readdirSync(new URL("golden/", fixtures))
  .filter((file) => file.startsWith("metrics-"))
  .map((file) => readJson(`golden/${file}`));

const close = (got: number | null | undefined, want: number) =>
  expect(Math.abs((got ?? Number.NaN) - want)).toBeLessThan(1e-9);

/** Every number of `want`, which may lack fields of `got`. */
function expectClose(got: unknown, want: unknown): void {
  if (typeof want === "number") close(got as number, want);
  else if (want === null) expect(got).toBeNull();
  else
    for (const [key, value] of Object.entries(want as object))
      expectClose((got as Record<string, unknown>)[key], value);
}

const classNames = (classes: number) =>
  Array.from({ length: classes }, (_, label) => `class ${label}`);

/** The report of rows that are predicted with certainty. */
function reportOf(actual: readonly number[], predicted: readonly number[], classes: number) {
  const probabilities = predicted.flatMap((p) =>
    Array.from({ length: classes }, (_, c) => +(c === p)),
  );
  return evaluateClassification(
    Float32Array.from(probabilities),
    Uint8Array.from(actual),
    classNames(classes),
  );
}

test.each(cases.map((golden) => [golden.name, golden] as const))(
  "%s: scikit-learn's figures",
  (_, { expected, classes, ...golden }) => {
    const report = evaluateClassification(
      Float32Array.from(golden.y_prob.data),
      Uint8Array.from(golden.y_true.data),
      classNames(classes),
    );
    close(report.accuracy, expected.accuracy);
    close(report.balancedAccuracy, expected.balanced_accuracy);
    close(report.matthewsCorrelation, expected.matthews_corrcoef);
    close(report.cohenKappa, expected.cohen_kappa);
    close(report.loss, expected.log_loss);
    for (const k of [2, 3] as const) {
      const want = expected[`top_${k}_accuracy`];
      const got = report.topK.find((one) => one.k === k)?.accuracy;
      if (typeof want === "number") close(got, want); // null: scikit-learn has it, but rows tie
      if (want === undefined) expect(got).toBeUndefined();
    }
    close(report.rocAucMacro, expected.roc_auc_ovr.macro_over_defined);
    expectClose(
      report.perClass.map(({ rocAuc }) => rocAuc),
      expected.roc_auc_ovr.per_class,
    );
    for (const average of ["macro", "micro", "weighted"] as const)
      expectClose(report[average], expected[average]);
    for (const figure of ["precision", "recall", "f1"] as const)
      expectClose(
        report.perClass.map((one) => one[figure]),
        expected.per_class[figure],
      );
    expect(report.perClass.map(({ support }) => support)).toEqual(expected.per_class.support);
    expect(report.confusionMatrix).toEqual(expected.confusion_matrix);
    const names = report.perClass.map(({ label }) => String(label));
    expect(classificationReportText(report, { names })).toBe(expected.classification_report);
    expect(classificationReportText(report, { digits: 4 })).toBe(
      expected.classification_report_4_digits,
    );
    expect(Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  },
);

const tasks = readJson("scikitLearnTasks.json");

test("multi-label outputs: scikit-learn's figures", () => {
  const { y_true, y_prob, labels, expected } = tasks.multi_label;
  const report = evaluate(
    Float32Array.from(y_prob),
    { count: y_true.length / labels, y: Float32Array.from(y_true) },
    { task: "multi_label", classNames: classNames(labels) },
  );
  expectClose(report, expected);
  expect(Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test("regression: scikit-learn's figures, a constant target among them", () => {
  const { y_true, y_pred, targets, expected } = tasks.regression;
  const report = evaluate(
    Float32Array.from(y_pred),
    { count: y_true.length / targets, y: Float32Array.from(y_true) },
    { task: "regression", classNames: ["height", "constant"] },
  );
  expectClose(report, { ...expected, loss: expected.meanSquaredError });
  if (report.task !== "regression") throw new Error(report.task);
  const residuals = report.worst.map((one) => Math.abs(one.actual - one.predicted));
  expect(residuals).toEqual([...residuals].sort((a, b) => b - a));
  expect(residuals).toHaveLength(32);
});

test("a regression's report keeps a thousand rows of all, whatever the outputs are", () => {
  const rows = 5000;
  const y = Float32Array.from({ length: rows }, (_, row) => row / 10);
  const task = { task: "regression", classNames: ["y"] } as const;
  const sampleFrom = (outputs: Float32Array) => {
    const report = evaluate(outputs, { count: rows, y }, task);
    if (report.task !== "regression" || report.sample === null) throw new Error(report.task);
    return report.sample;
  };
  const sample = sampleFrom(y.map((value) => value + 1));
  expect(sample.rows).toHaveLength(1000);
  expect(new Set(sample.rows).size).toBe(1000);
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => sample.rows.filter((row) => Math.floor(row / 500) === tenth).length,
  );
  expect(Math.min(...tenths)).toBeGreaterThan(60); // 100 expected, 9 the standard deviation
  expect(sample.actual[0]).toEqual(sample.rows.map((row) => row / 10));
  expect(sample.predicted[0]?.[0]).toBeCloseTo((sample.actual[0]?.[0] ?? 0) + 1, 4);
  expect(sampleFrom(y.map(() => Number.NaN))).toEqual({
    ...sample,
    predicted: [sample.rows.map(() => null)],
  });
});

test("few rows are all in a regression's sample, and many targets have fewer rows", () => {
  const sampleOf = (rows: number, targets: number) => {
    const y = Float32Array.from({ length: rows * targets }, (_, i) => i);
    const classNames = Array.from({ length: targets }, (_, i) => `target ${i}`);
    const report = evaluate(y, { count: rows, y }, { task: "regression", classNames });
    return report.task === "regression" ? report.sample : null;
  };
  expect(sampleOf(2, 2)).toEqual({
    rows: [0, 1],
    actual: [
      [0, 2],
      [1, 3],
    ],
    predicted: [
      [0, 2],
      [1, 3],
    ],
  });
  expect(sampleOf(600, 50)?.rows).toHaveLength(200);
});

test("a regression with an output that is not finite has no figures for it", () => {
  const report = evaluate(
    Float32Array.of(1, Number.NaN),
    { count: 2, y: Float32Array.of(1, 2) },
    { task: "regression", classNames: ["y"] },
  );
  expect(report).toMatchObject({ loss: null, r2: null, worst: [{ row: 0 }] });
  expect(Report.parse(report)).toEqual(report);
});

test("one output is the probability of the second of two classes", () => {
  const rows = { count: 4, y: Uint8Array.of(0, 1, 1, 0) };
  const task = { task: "classification", classNames: ["no", "yes"] } as const;
  const one = evaluate(Float32Array.of(0.25, 0.75, 0.25, 0.5), rows, task);
  const two = evaluate(Float32Array.of(0.75, 0.25, 0.25, 0.75, 0.75, 0.25, 0.5, 0.5), rows, task);
  expect(one).toEqual(two);
  expect(one).toMatchObject({ accuracy: 0.75, topK: [] });
});

test("targets that are shares count as their likeliest class", () => {
  const outputs = Float32Array.of(0.9, 0.1, 0.2, 0.8);
  const task = { task: "classification", classNames: ["a", "b"] } as const;
  const soft = evaluate(outputs, { count: 2, y: Float32Array.of(0.6, 0.4, 0.7, 0.3) }, task);
  expect(soft).toEqual(evaluate(outputs, { count: 2, y: Uint8Array.of(0, 0) }, task));
});

test("pairs of confused classes count both ways together, most often first", () => {
  const { mostConfused } = reportOf([0, 0, 1, 0, 0, 1], [1, 1, 0, 0, 2, 1], 3);
  expect(mostConfused).toEqual([
    { a: "class 0", b: "class 1", count: 3, aAsB: 2, bAsA: 1 },
    { a: "class 0", b: "class 2", count: 1, aAsB: 1, bAsA: 0 },
  ]);
});

test("the surest errors come first, and each confusion has its own", () => {
  const rows = 100;
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row === 50 ? 2 : 0));
  const sureness = (row: number) => (row === 50 ? 0.5 : 0.6 + row / 1000);
  const probabilities = Float32Array.from({ length: rows * 3 }, (_, i) => {
    const p = sureness(Math.floor(i / 3));
    return i % 3 === 1 ? p : (1 - p) / 2; // class 1 is always predicted
  });
  const { misclassified } = evaluateClassification(probabilities, labels, classNames(3));
  expect(misclassified.map(({ row }) => row)).toEqual([
    ...Array.from({ length: 32 }, (_, i) => 99 - i),
    50, // the least sure of all, and the only one of its confusion
  ]);
  expect(misclassified[0]).toMatchObject({ actual: 0, predicted: 1 });
  expect(misclassified[0]?.probability).toBeCloseTo(0.699, 6);
});

test("calibration: bins by confidence, their distance weighted by rows", () => {
  // Ten rows at 0.9, of which six are right, and five at 0.55, all right.
  const p = [...Array<number>(10).fill(0.9), ...Array<number>(5).fill(0.55)];
  const right = p.map((_, row) => row < 6 || row >= 10);
  const { calibration } = evaluateClassification(
    Float32Array.from(p.flatMap((share) => [share, 1 - share])),
    Uint8Array.from(right, (is) => (is ? 0 : 1)),
    classNames(2),
  );
  expect(calibration?.expectedError).toBeCloseTo((10 * 0.3 + 5 * 0.45) / 15, 6);
  const filled = calibration?.bins.filter(({ rows }) => rows > 0);
  expect(filled).toMatchObject([
    { rows: 5, accuracy: 1, from: 8 / 15, to: 9 / 15 },
    { rows: 10, accuracy: 0.6, from: 13 / 15, to: 14 / 15 },
  ]);
});

test("intervals: SciPy's Wilson, and a bootstrap that is the same at every call", () => {
  expectClose(wilsonInterval(645, 1000), { low: 0.6148387032147421, high: 0.6740515368244467 });
  expectClose(wilsonInterval(10, 10), { low: 0.7224672001371109, high: 1 });
  expect(wilsonInterval(0, 0)).toBeNull();

  const actual = Array.from({ length: 400 }, (_, row) => row % 2);
  const predicted = actual.map((label, row) => (row % 5 === 0 ? 1 - label : label));
  const { f1MacroInterval, accuracyInterval, macro } = reportOf(actual, predicted, 2);
  expect(reportOf(actual, predicted, 2).f1MacroInterval).toEqual(f1MacroInterval);
  expect(f1MacroInterval?.low).toBeLessThan(macro.f1);
  expect(f1MacroInterval?.high).toBeGreaterThan(macro.f1);
  // With balanced classes F1 and accuracy are as sure as one another.
  expect(f1MacroInterval?.low).toBeCloseTo(accuracyInterval?.low ?? 0, 1.5);
  expect(f1MacroInterval?.high).toBeCloseTo(accuracyInterval?.high ?? 0, 1.5);
});

test("a model that always says the same agrees with nothing beyond chance", () => {
  expect(reportOf([0, 1, 1], [1, 1, 1], 2)).toMatchObject({
    matthewsCorrelation: 0,
    cohenKappa: 0,
  });
  expect(reportOf([1, 1], [1, 1], 2)).toMatchObject({ matthewsCorrelation: 0, cohenKappa: null });
});

test("NaN probabilities give a report without loss, AUC and calibration error", () => {
  const report = evaluateClassification(
    new Float32Array(6).fill(Number.NaN),
    Uint8Array.of(0, 1),
    classNames(3),
  );
  expect(report).toMatchObject({ loss: null, rocAucMacro: null, misclassified: [] });
  expect(report.calibration?.expectedError).toBeNull();
  expect(report.accuracy).toBe(0.5); // the first class is what is left to predict
  expect(report.topK).toEqual([{ k: 2, accuracy: 0 }]);
});

test("no rows give a report of zeros and nulls", () => {
  const report = reportOf([], [], 2);
  expect(report).toMatchObject({ samples: 0, accuracy: 0, loss: null, f1MacroInterval: null });
  expect(Report.parse(report)).toEqual(report);
});

test("refuses lengths that disagree and labels without a class", () => {
  const task = { task: "classification", classNames: ["a", "b"] } as const;
  const rows = { count: 1, y: Uint8Array.of(2) };
  expect(() => evaluate(new Float32Array(3), rows, task)).toThrow("2 classes");
  expect(() => evaluate(new Float32Array(2), rows, task)).toThrow("label 2");
});

test("10,000 rows of 10 classes take less than two seconds", () => {
  const labels = Uint8Array.from({ length: 10_000 }, (_, row) => (row * 7) % 10);
  const outputs = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i * i) ** 2);
  const started = performance.now();
  evaluateClassification(outputs, labels, classNames(10));
  expect(performance.now() - started).toBeLessThan(2000); // 0.3 s where nothing else runs
});

test.each([
  ["classification", 7],
  ["classification", 4],
  ["classification", 2],
  ["multi_label", 3],
  ["regression", 2],
] as const)(
  "the report of %s with %i outputs has the metrics that sweeps may ask for",
  (task, count) => {
    const rows = 8;
    const outputs = Float32Array.from({ length: rows * count }, (_, i) => (1 + (i % 5)) / 16);
    const y =
      task === "classification"
        ? Int32Array.from({ length: rows }, (_, row) => row % count)
        : Float32Array.from({ length: rows * count }, (_, i) => i % 2);
    const names = Array.from({ length: count }, (_, index) => `output ${index}`);
    const report = evaluate(outputs, { count: rows, y }, { task, classNames: names });
    expect(Object.keys(reportMetrics(report)).sort()).toEqual(reportMetricsOf(task, count).sort());
  },
);
