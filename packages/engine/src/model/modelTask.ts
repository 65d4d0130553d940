import type { Loss, Task, TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "../dataset.js";

/** What a model is for: with it, the shapes of its two ends are known. */
export interface ModelTask {
  /** Of one row of the data, such as [28, 28]. */
  readonly inputShape: readonly number[];
  /** Classes, labels or targets of the data. */
  readonly outputs: number;
  readonly task: Task;
  readonly loss: Loss;
}

/** What a plan's model is for on this data. */
export const modelTask = (
  { loss }: Pick<TrainPlan, "loss">,
  { inputShape, classNames, task }: Pick<Dataset, "inputShape" | "classNames" | "task">,
): ModelTask => ({ inputShape, outputs: classNames.length, task, loss });

/** Categorical cross-entropy is the same thing for class ids and for one-hot rows. */
export const isCategorical = ({ name }: Loss): boolean =>
  name === "categorical_crossentropy" || name === "sparse_categorical_crossentropy";

/** The model's outputs are logits, of which the loss takes the softmax or the sigmoid. */
export const isFromLogits = (loss: Loss): boolean => "from_logits" in loss && loss.from_logits;
