import { epochOrder, splitRows } from "@sweepyard/engine";
import type { LabelledRows, ReadRows } from "./conversion.js";
import { invalidPart } from "./invalidPart.js";
import { countClasses } from "./summarize.js";

interface TestShare {
  readonly share: number;
  readonly seed: number;
}

/**
 * Keeps a share of the rows for the test: of each class where rows have one, at random otherwise.
 * Both parts keep the rows' order.
 * @throws {AppError} `data_invalid` where there are too few rows of a class, or in all.
 */
export function splitTest(
  { task, classNames, inputShape }: Omit<ReadRows, "train" | "test">,
  rows: LabelledRows,
  { share, seed }: TestShare,
): { train: LabelledRows; test: LabelledRows } {
  const cut = Math.floor(rows.count * (1 - share));
  if (cut === 0 || cut === rows.count)
    throw invalidPart(
      "train",
      "too_few_rows",
      `has ${rows.count} rows; a test share of ${share} leaves ${cut} of them to train: upload a ` +
        "test file or choose another share",
    );
  if (task !== "classification") {
    const order = epochOrder(Int32Array.from(Array(rows.count).keys()), true, seed, 0);
    return {
      train: takeRows(rows, order.slice(0, cut).sort()),
      test: takeRows(rows, order.slice(cut).sort()),
    };
  }
  requireRowsOfEach(rows, classNames);
  const split = splitRows(
    { task, classNames, inputShape, train: rows, test: rows },
    { split: { method: "stratified", seed }, validation_split: share },
  );
  return { train: takeRows(rows, split.train), test: takeRows(rows, split.validation) };
}

function requireRowsOfEach(rows: LabelledRows, classNames: readonly string[]): void {
  const counts = countClasses(rows, "classification", classNames.length);
  const lonely = counts.indexOf(1);
  if (lonely >= 0)
    throw invalidPart(
      "train",
      "too_few_rows",
      `has one row of class "${classNames[lonely]}": two are needed to train and to test; upload a ` +
        "test file, or leave that class out",
    );
}

export function takeRows(rows: LabelledRows, order: Int32Array): LabelledRows {
  const take = <Values extends Uint8Array | Int32Array | Float32Array>(values: Values): Values => {
    const size = values.length / rows.count;
    const taken = values.slice(0, order.length * size) as Values;
    for (const [at, row] of order.entries())
      taken.set(values.subarray(row * size, (row + 1) * size), at * size);
    return taken;
  };
  return {
    count: order.length,
    x: take(rows.x),
    y: take(rows.y),
    weights: rows.weights && take(rows.weights),
  };
}
