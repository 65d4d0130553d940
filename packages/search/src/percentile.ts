import { decisionsOf, dueStep, type Schedule } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { bestOf, figure, firstReports, isBetter } from "./reports.js";

/** Optuna's names and meanings. */
export interface PercentileOptions extends Schedule {
  /** 0 to 100: keep a run while it is among the best so many per cent. */
  readonly percentile: number;
  /** Completed runs needed before any run is stopped. */
  readonly n_startup_trials: number;
  /** Completed runs that must have reported this very step. */
  readonly n_min_trials: number;
}

/**
 * Stops a run whose best value so far is strictly worse than the percentile of the completed
 * runs' values at the same step. NaN is no value: a run with nothing else is stopped, and a
 * completed run with NaN at the step is passed over. The same decisions as Optuna 5.0's
 * PercentilePruner, whose steps count from 0.
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.PercentilePruner.html
 */
export function createPercentilePruner(options: PercentileOptions, name = "percentile"): Pruner {
  const label = name === "median" ? "median" : `percentile ${options.percentile}`;
  const decisions = decisionsOf(name);
  const { keep, stop } = decisions;
  return {
    needs: "completed_at_step",
    shouldPrune(curve, others, { direction }) {
      const completed = others.filter(
        (other) => other.state === "completed" && !other.excluded && other.number !== curve.number,
      );
      if (completed.length === 0 || completed.length < options.n_startup_trials) {
        const why = `${completed.length} of ${options.n_startup_trials} start-up runs have completed`;
        return keep("startup", why, { completed: completed.length });
      }
      const own = firstReports(curve);
      const step = dueStep(own, options, decisions);
      if (typeof step !== "number") return step;

      const best = bestOf(own.values(), direction);
      if (Number.isNaN(best)) return stop("only_nan", "it has reported nothing but NaN", { step });
      const rivals = completed.map((other) => firstReports(other).get(step));
      const values = rivals.filter((value) => value !== undefined);
      const share = direction === "maximize" ? 100 - options.percentile : options.percentile;
      const threshold = nanPercentile(values, share);
      const details = { step, best, compared: values.length, threshold };
      if (values.length < options.n_min_trials || Number.isNaN(threshold))
        return keep(
          "too_few",
          `${values.length} completed runs have reported step ${step}`,
          details,
        );
      const against = `the ${label} of ${values.length} runs, ${figure(threshold)}`;
      return isBetter(threshold, best, direction)
        ? stop(
            "worse_than_percentile",
            `its best ${figure(best)} is worse than ${against}`,
            details,
          )
        : keep(
            "within_percentile",
            `its best ${figure(best)} is no worse than ${against}`,
            details,
          );
    },
  };
}

/**
 * NumPy's nanpercentile, linear method: NaN are left out, NaN if nothing remains.
 * @param percent 0 to 100
 */
export function nanPercentile(values: readonly number[], percent: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  const weight = rank - below;
  const gap = high - low;
  // NumPy interpolates from the nearer end; the last bits differ otherwise.
  return weight >= 0.5 ? high - gap * (1 - weight) : low + gap * weight;
}
