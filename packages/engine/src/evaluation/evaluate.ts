import { AppError, type Report } from "@sweepyard/contract";
import type { Dataset, Rows } from "../dataset.js";
import { evaluateClassification } from "./evaluateClassification.js";
import { evaluateMultiLabel } from "./evaluateMultiLabel.js";
import { evaluateRegression } from "./evaluateRegression.js";
import { indexOfMax } from "./indexOfMax.js";

/**
 * The report of a model's outputs on labelled rows: scikit-learn's figures, in double precision.
 *
 * @param outputs [rows, outputs], row-major: probabilities, or a regression's estimates.
 *   A classification into two classes may have one output, the probability of the second.
 * @throws {AppError} `shape_mismatch` if the lengths disagree, `data_invalid` for an unknown label.
 */
export function evaluate(
  outputs: Float32Array,
  rows: Pick<Rows, "count" | "y">,
  { task, classNames }: Pick<Dataset, "task" | "classNames">,
): Report {
  const names = classNames.length;
  switch (task) {
    case "classification": {
      const oneOutput = names === 2 && outputs.length === rows.count;
      const probabilities = oneOutput ? bothClasses(outputs) : outputs;
      requireLength("probabilities", probabilities, rows.count, names, "classes");
      const labels = rows.y instanceof Float32Array ? likeliest(rows.y, rows.count, names) : rows.y;
      return evaluateClassification(probabilities, labels, classNames);
    }
    case "multi_label":
      requireLength("probabilities", outputs, rows.count, names, "labels");
      requireLength("labels", rows.y, rows.count, names, "labels");
      return evaluateMultiLabel(outputs, rows.y, classNames);
    case "regression":
      requireLength("outputs", outputs, rows.count, names, "targets");
      requireLength("targets", rows.y, rows.count, names, "targets");
      return evaluateRegression(outputs, rows.y, classNames);
  }
}

function requireLength(
  what: string,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  unit: string,
): void {
  if (values.length === rows * columns) return;
  throw new AppError(
    "shape_mismatch",
    `${values.length} ${what} are not ${rows} rows of ${columns} ${unit}`,
  );
}

const bothClasses = (second: Float32Array): Float32Array =>
  Float32Array.from({ length: second.length * 2 }, (_, i) => {
    const p = second[i >> 1] as number;
    return i % 2 === 1 ? p : 1 - p;
  });

/** The class with the highest share of each row's target. */
function likeliest(targets: Float32Array, rows: number, classes: number): Int32Array {
  requireLength("targets", targets, rows, classes, "classes");
  return Int32Array.from({ length: rows }, (_, row) =>
    indexOfMax(targets.subarray(row * classes, (row + 1) * classes)),
  );
}
