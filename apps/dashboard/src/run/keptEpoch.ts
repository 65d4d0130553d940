import { type MetricRow, risesByDefault, type TrainPlan } from "@sweepyard/contract";
import { bestEpoch } from "./bestEpoch.js";

/**
 * The epoch whose weights a finished run's model has: the best one where a callback of its plan
 * chooses it, else the last. Null while no epoch has ended.
 */
export function keptEpoch(
  plan: Pick<TrainPlan, "callbacks"> | null,
  rows: readonly MetricRow[],
): number | null {
  const last = rows.at(-1)?.step ?? null;
  const chooser = plan?.callbacks.find(
    (callback) =>
      callback.class_name === "ModelCheckpoint" ||
      (callback.class_name === "EarlyStopping" && callback.restore_best_weights),
  );
  if (chooser === undefined || !("monitor" in chooser)) return last;
  const { monitor, mode } = chooser;
  const rises = mode === "auto" ? risesByDefault(monitor) : mode === "max";
  return bestEpoch(rows, monitor, rises ? "maximize" : "minimize")?.step ?? last;
}
