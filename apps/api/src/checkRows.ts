import type { DatasetView, TrainPlan } from "@sweepyard/contract";
import {
  checkAugmentation,
  type Dataset,
  rowWeights,
  type SplitRows,
  splitRows,
} from "@sweepyard/engine";

/**
 * Checks what a plan does with rows against a stored data set, without reading it: who validates,
 * what classes weigh, and how rows are changed.
 * @returns as many rows on either side as the real ones.
 * @throws {AppError} naming the plan's field.
 */
export function checkRows(plan: TrainPlan, view: DatasetView): SplitRows {
  if (plan.augmentation !== undefined) checkAugmentation(view.inputShape, plan.augmentation);
  const dataset = alike(view);
  const split = splitRows(dataset, plan);
  rowWeights(dataset, plan, split.train);
  return split;
}

/** Rows as many as the data set's, and as many of each class: splits ask no more of them. */
function alike({ task, inputShape, classNames, classCounts, trainRows }: DatasetView): Dataset {
  const none = new Uint8Array(0);
  const y =
    task === "classification"
      ? Int32Array.from(classCounts.flatMap((count, label) => new Array<number>(count).fill(label)))
      : new Float32Array(0);
  const rows = { count: trainRows, x: none, y };
  return { task, inputShape, classNames, train: rows, test: rows };
}
