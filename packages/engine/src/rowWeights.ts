import { AppError, type TrainPlan } from "@sweepyard/contract";
import { classIds } from "./classIds.js";
import type { Dataset } from "./dataset.js";

/**
 * What each row of the training split counts in the training loss: its sample weight times its
 * class's weight. `balanced` is scikit-learn's: rows / (classes · rows of the class), over
 * `trainRows` and the classes among them.
 * @returns [rows of the split], or undefined where every row counts 1.
 * @throws {AppError} `invalid_request` for a label that is none, or rows without classes.
 */
export function rowWeights(
  dataset: Dataset,
  { class_weight }: Pick<TrainPlan, "class_weight">,
  trainRows: Int32Array,
): Float32Array | undefined {
  const { sampleWeight } = dataset.train;
  if (class_weight === undefined) return sampleWeight;
  const labels = classIds(dataset) ?? labelIds(dataset);
  if (labels === undefined)
    throw refuse("class_weight", `has no classes to weigh: the data's task is ${dataset.task}`);
  const classes = Math.max(dataset.classNames.length, 2); // without and with, where there is one label
  const byClass =
    class_weight === "balanced"
      ? balanced(labels, trainRows, classes)
      : listed(class_weight, classes);
  return Float32Array.from(
    labels,
    (label, row) => (byClass[label] as number) * (sampleWeight?.[row] ?? 1),
  );
}

/** Of a single label the rows without it, 0, and those with it, 1. */
function labelIds({ task, classNames, train }: Dataset): Int32Array | undefined {
  if (task !== "multi_label" || classNames.length !== 1) return undefined;
  return Int32Array.from(train.y, (target) => Math.trunc(target));
}

function balanced(labels: Int32Array, trainRows: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const row of trainRows) {
    const label = labels[row] as number;
    counts[label] = (counts[label] as number) + 1;
  }
  const present = counts.filter((count) => count > 0).length;
  // A class that only validates weighs in no loss.
  return counts.map((count) => (count === 0 ? 1 : trainRows.length / (present * count)));
}

function listed(weights: Readonly<Record<string, number>>, classes: number): number[] {
  const unknown = Object.keys(weights).find((label) => Number(label) >= classes);
  if (unknown !== undefined)
    throw refuse(
      `class_weight.${unknown}`,
      `is no label: with ${classes} classes the highest is ${classes - 1}`,
    );
  return Array.from({ length: classes }, (_, label) => weights[label] ?? 1);
}

function refuse(field: string, message: string): AppError {
  const path = `plan.${field}`;
  return new AppError("invalid_request", `${path} ${message}`, {
    errors: [{ path, rule: "class_weight", message }],
  });
}
