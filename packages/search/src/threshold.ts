import { decisionsOf, dueStep, type Schedule } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { figure, firstReports } from "./reports.js";

/** Optuna's names and meanings. */
export interface ThresholdOptions extends Schedule {
  /** Values below it are pruned; absent: none. */
  readonly lower?: number | undefined;
  /** Values above it are pruned; absent: none. */
  readonly upper?: number | undefined;
}

/**
 * Stops a run whose value at its largest step is NaN or outside [lower, upper]; the bounds
 * themselves are inside. The same decisions as Optuna 5.0's ThresholdPruner.
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.ThresholdPruner.html
 */
export function createThresholdPruner(options: ThresholdOptions): Pruner {
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY } = options;
  const decisions = decisionsOf("threshold");
  const { keep, stop } = decisions;
  return {
    needs: "nothing",
    shouldPrune(curve) {
      const own = firstReports(curve);
      const step = dueStep(own, options, decisions);
      if (typeof step !== "number") return step;
      const value = own.get(step) ?? Number.NaN;
      if (Number.isNaN(value)) return stop("nan", "its value is NaN", { step });
      const its = `its value ${figure(value)} is`;
      if (value < lower) return stop("below", `${its} below ${lower}`, { step, value, lower });
      if (value > upper) return stop("above", `${its} above ${upper}`, { step, value, upper });
      return keep("inside", `${its} within the bounds`, { step, value });
    },
  };
}
