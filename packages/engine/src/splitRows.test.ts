import { readFileSync } from "node:fs";
import { Split, TrainPlan } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "./dataset.js";
import { splitRows } from "./splitRows.js";

const withLabels = (labels: readonly number[], classes = Math.max(...labels) + 1): Dataset => {
  const rows = {
    count: labels.length,
    x: new Float32Array(labels.length),
    y: Uint8Array.from(labels),
  };
  const classNames = Array.from({ length: classes }, (_, label) => `class ${label}`);
  return { inputShape: [1], task: "classification", classNames, train: rows, test: rows };
};

const split = (dataset: Dataset, method: unknown, validation_split = 0.25) =>
  splitRows(dataset, { split: Split.parse(method), validation_split });

const countsOf = (rows: Int32Array, { train, classNames }: Dataset): number[] =>
  classNames.map((_, label) => rows.filter((row) => train.y[row] === label).length);

const everyRowOnce = (dataset: Dataset, { train, validation }: ReturnType<typeof splitRows>) =>
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual([
    ...Array(dataset.train.count).keys(),
  ]);

test("the last rows validate, as many as with Keras", () => {
  const url = new URL("../fixtures/golden/split.json", import.meta.url);
  const { rows } = JSON.parse(readFileSync(url, "utf8"));
  expect(rows.length).toBeGreaterThan(20);
  for (const { n, validation_split, train, error } of rows) {
    const cut = () =>
      splitRows(withLabels(Array(n).fill(0)), { split: { method: "last" }, validation_split });
    if (error) expect(cut).toThrow("neither may be 0");
    else {
      expect(cut().train).toEqual(Int32Array.from(Array(train).keys()));
      expect(cut().validation).toEqual(Int32Array.from(Array(n).keys()).slice(train));
    }
  }
});

test("a plan without a split cuts as Keras does", () => {
  const plan = TrainPlan.parse({ data: { dataset: "d" } });
  expect(splitRows(withLabels([0, 1, 0, 1, 0]), plan).validation).toEqual(Int32Array.of(4));
});

describe("stratified", () => {
  test("every class gives its share, to less than a row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 2, maxLength: 6 }),
        fc.double({ min: 0.2, max: 0.6, noNaN: true }),
        fc.nat(),
        (sizes, share, seed) => {
          const dataset = withLabels(sizes.flatMap((size, label) => Array(size).fill(label)));
          const rows = dataset.train.count;
          const cut = rows - Math.floor(rows * (1 - share));
          fc.pre(Math.min(cut, rows - cut) >= sizes.length);
          const result = split(dataset, { method: "stratified", seed }, share);
          everyRowOnce(dataset, result);
          expect(result.validation.length).toBe(cut);
          for (const [label, count] of countsOf(result.validation, dataset).entries())
            expect(Math.abs(count - ((sizes[label] ?? 0) * cut) / rows)).toBeLessThan(1);
        },
      ),
    );
  });

  // scikit-learn 1.9.1: StratifiedShuffleSplit(test_size=15) of 37, 16 and 7 rows
  test("counts are scikit-learn's", () => {
    const dataset = withLabels([37, 16, 7].flatMap((n, label) => Array(n).fill(label)));
    const { validation } = split(dataset, { method: "stratified" }, 0.25);
    expect(countsOf(validation, dataset)).toEqual([9, 4, 2]);
  });

  test("the seed of the split decides which rows", () => {
    const dataset = withLabels(Array.from({ length: 60 }, (_, row) => row % 3));
    const of = (seed: number) => split(dataset, { method: "stratified", seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect([...of(1).validation]).toEqual([...of(1).validation].sort((a, b) => a - b));
  });

  test("without validation everything trains", () => {
    const dataset = withLabels([0, 1, 1]);
    expect(split(dataset, { method: "stratified" }, 0)).toEqual({
      train: Int32Array.of(0, 1, 2),
      validation: new Int32Array(0),
    });
  });

  test("a class of one row is named", () => {
    expect(() => split(withLabels([0, 0, 0, 0, 1]), { method: "stratified" })).toThrow(
      'class "class 1" has 1 training row',
    );
  });

  test("a share too small to hold every class is refused", () => {
    const dataset = withLabels([0, 0, 1, 1, 2, 2]);
    expect(() => split(dataset, { method: "stratified" }, 0.2)).toThrow("plan.validation_split");
  });
});

describe("k_fold", () => {
  test.each([true, false])("folds share the rows out (stratified %s)", (isStratified) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 5, max: 20 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (sizes, folds, seed) => {
          const dataset = withLabels(sizes.flatMap((size, label) => Array(size).fill(label)));
          const parts = Array.from({ length: folds }, (_, fold) => {
            const method = { method: "k_fold", folds, fold, stratified: isStratified, seed };
            const result = split(dataset, method);
            everyRowOnce(dataset, result);
            return result.validation;
          });
          const all = parts.flatMap((part) => [...part]).sort((a, b) => a - b);
          expect(all).toEqual([...Array(dataset.train.count).keys()]);
          const evenly = (counts: readonly number[]) =>
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(2);
          evenly(parts.map((part) => part.length));
          if (isStratified)
            for (const label of sizes.keys())
              evenly(parts.map((part) => countsOf(part, dataset)[label] ?? 0));
        },
      ),
    );
  });

  test("more folds than rows are refused", () => {
    expect(() => split(withLabels([0, 1, 1]), { method: "k_fold", folds: 4 })).toThrow(
      "3 training rows can't make 4 folds",
    );
  });

  test("more folds than any class has rows are refused", () => {
    expect(() => split(withLabels([0, 0, 1, 1]), { method: "k_fold", folds: 3 })).toThrow(
      "the largest has 2",
    );
  });
});
