import { AppError, type Split, type TrainPlan } from "@sweepyard/contract";
import { classIds } from "./classIds.js";
import type { Dataset } from "./dataset.js";
import { trainingRows } from "./epochOrder.js";
import { STREAM } from "./random.js";
import { shuffle } from "./shuffle.js";

/** Row numbers of the training split, ascending, each in one of the two. */
export interface SplitRows {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Which rows of the training split train and which validate. It depends on the data, the plan's
 * split and its own seed alone: all runs of a sweep validate on the same rows.
 * @throws {AppError} `data_invalid` where a side would be empty or a class can't be on both,
 *   `invalid_request` where rows without classes are to be stratified; both name the field.
 */
export function splitRows(
  dataset: Dataset,
  { split, validation_split }: Pick<TrainPlan, "split" | "validation_split">,
): SplitRows {
  const { count } = dataset.train;
  switch (split.method) {
    case "last": {
      const cut = trainingRows(count, validation_split);
      return { train: range(0, cut), validation: range(cut, count) };
    }
    case "stratified":
      return validation_split === 0
        ? { train: range(0, count), validation: new Int32Array(0) }
        : stratified(requireClasses(dataset), dataset.classNames, validation_split, split.seed);
    case "k_fold":
      return kFold(dataset, split);
  }
}

/**
 * Each class gives its share of the validating rows, whole rows by the largest remainders, as
 * scikit-learn's StratifiedShuffleSplit does; between equal remainders the earlier class goes first.
 */
function stratified(
  labels: Int32Array,
  names: readonly string[],
  share: number,
  seed: number,
): SplitRows {
  const train = trainingRows(labels.length, share);
  const byClass = rowsByClass(labels, names.length);
  const present = byClass.filter((rows) => rows.length > 0).length;
  const lonely = byClass.findIndex((rows) => rows.length === 1);
  if (lonely >= 0)
    throw unsplittable(
      "split.method",
      `class "${names[lonely]}" has 1 training row: a stratified split needs 2 of each class`,
    );
  if (Math.min(train, labels.length - train) < present)
    throw unsplittable(
      "validation_split",
      `${share} of ${labels.length} rows leaves ${train} to train and ${labels.length - train} ` +
        `to validate: each needs one row for each of ${present} classes`,
    );
  const wanted = byClass.map((rows) => (rows.length * (labels.length - train)) / labels.length);
  const validating = wholeShares(wanted, labels.length - train);
  const isValidation = new Uint8Array(labels.length);
  for (const [label, rows] of byClass.entries())
    for (const row of shuffle(rows, seed, STREAM.split, label).slice(0, validating[label]))
      isValidation[row] = 1;
  return partition(isValidation);
}

/** Rounds to whole numbers of sum `total`: down, then up where most was lost. */
function wholeShares(wanted: readonly number[], total: number): number[] {
  const whole = wanted.map(Math.floor);
  const left = total - whole.reduce((sum, share) => sum + share, 0);
  const byLoss = wanted
    .map((share, index) => ({ index, lost: share - Math.floor(share) }))
    .sort((a, b) => b.lost - a.lost || a.index - b.index);
  for (const { index } of byLoss.slice(0, left)) whole[index] = (whole[index] as number) + 1;
  return whole;
}

/**
 * Fold sizes differ by one row at most, as do a class's rows in the folds where it is stratified:
 * every class deals its shuffled rows out in turn, going on where the class before it stopped.
 */
function kFold(dataset: Dataset, split: Extract<Split, { method: "k_fold" }>): SplitRows {
  const { folds, fold, seed } = split;
  const { count } = dataset.train;
  if (count < folds)
    throw unsplittable("split.folds", `${count} training rows can't make ${folds} folds`);
  const isStratified = split.stratified ?? classIds(dataset) !== undefined;
  const groups = isStratified
    ? rowsByClass(requireClasses(dataset), dataset.classNames.length)
    : [Array.from({ length: count }, (_, row) => row)];
  const largest = Math.max(...groups.map((rows) => rows.length));
  if (largest < folds)
    throw unsplittable(
      "split.folds",
      `no class has ${folds} training rows (the largest has ${largest}): take fewer folds`,
    );
  const isValidation = new Uint8Array(count);
  let dealt = 0;
  for (const [group, rows] of groups.entries())
    for (const row of shuffle(rows, seed, STREAM.split, group))
      isValidation[row] = dealt++ % folds === fold ? 1 : 0;
  return partition(isValidation);
}

function requireClasses(dataset: Dataset): Int32Array {
  const labels = classIds(dataset);
  if (labels !== undefined) return labels;
  throw new AppError("invalid_request", "these rows have no classes to stratify by", {
    errors: [
      {
        path: "plan.split",
        rule: "needs_classes",
        message: "has no classes to stratify by: use method last, or k_fold with stratified false",
      },
    ],
  });
}

function rowsByClass(labels: Int32Array, classes: number): number[][] {
  const rows = Array.from({ length: classes }, (): number[] => []);
  for (const [row, label] of labels.entries()) rows[label]?.push(row);
  return rows;
}

function partition(isValidation: Uint8Array): SplitRows {
  const rows = range(0, isValidation.length);
  return {
    train: rows.filter((row) => isValidation[row] === 0),
    validation: rows.filter((row) => isValidation[row] === 1),
  };
}

const range = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, index) => from + index);

const unsplittable = (field: string, message: string): AppError =>
  new AppError("data_invalid", `plan.${field}: ${message}`, {
    errors: [{ path: `plan.${field}`, rule: "unsplittable", message }],
  });
