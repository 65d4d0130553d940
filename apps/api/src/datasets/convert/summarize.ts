import type { ColumnSummary, DatasetDetails, DatasetFormat } from "@sweepyard/contract";
import type { z } from "zod";
import type { LabelledRows, ReadRows } from "./conversion.js";

const MAX_COLUMNS = 1000;
const MAX_SKIPPED = 100;

/** What is said of a data set beside its shape. Names of columns of plain arrays are their numbers. */
export function summarize(
  { task, classNames, inputShape, train, test, columns, skipped = [] }: ReadRows,
  format: z.infer<typeof DatasetFormat>,
): DatasetDetails {
  const features =
    inputShape.length === 1 ? (columns ?? Array.from(Array(inputShape[0]).keys(), String)) : [];
  const xColumns = columnSummaries(train.x, features.length, features.slice(0, MAX_COLUMNS));
  return {
    format,
    testClassCounts: countClasses(test, task, classNames.length),
    valueRange: rangeOf(train.x),
    columns: xColumns,
    targets: task === "regression" ? columnSummaries(train.y, classNames.length, classNames) : [],
    skipped: skipped.slice(0, MAX_SKIPPED),
    skippedCount: skipped.length,
  };
}

/** Rows of each class, or with each label; nothing for regression. */
export function countClasses(
  { y }: Pick<LabelledRows, "y">,
  task: ReadRows["task"],
  outputs: number,
): number[] {
  if (task === "regression") return [];
  const counts = new Array<number>(outputs).fill(0);
  for (const [at, value] of y.entries()) {
    if (task === "classification") counts[value] = (counts[value] as number) + 1;
    else if (value === 1) counts[at % outputs] = (counts[at % outputs] as number) + 1;
  }
  return counts;
}

type Numbers = Uint8Array | Int32Array | Float32Array;

function rangeOf(values: Numbers): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Of values [rows, width], the first columns. */
function columnSummaries(
  values: Numbers,
  width: number,
  names: readonly string[],
): ColumnSummary[] {
  const rows = values.length / width;
  return names.map((name, column) => {
    let [min, sum, max] = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
    for (let at = column; at < values.length; at += width) {
      const value = values[at] as number;
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
    }
    return { name, min, mean: sum / rows, max };
  });
}
