import { epochMetrics, type FieldError, type TrainPlan } from "@sweepyard/contract";
import type { DatasetTask } from "../dataset.js";

/** Callbacks that follow what no epoch of this plan measures, one entry each. */
export function monitorErrors(
  callbacks: TrainPlan["callbacks"],
  task: DatasetTask,
  validates: boolean,
): FieldError[] {
  const measured = epochMetrics(task, validates);
  return callbacks.flatMap((callback, index) => {
    if (!("monitor" in callback) || measured.includes(callback.monitor)) return [];
    const without = epochMetrics(task).includes(callback.monitor)
      ? "no rows validate, so nothing measures it: raise validation_split, or follow"
      : `runs on ${task.replace("_", "-")} data never measure it: follow`;
    return [
      {
        path: `plan.callbacks.${index}.monitor`,
        rule: "not_measured",
        message: `${callback.monitor}: ${without} ${measured.join(" or ")}`,
      },
    ];
  });
}
