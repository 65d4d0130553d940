import type { Direction } from "@sweepyard/contract";
import type { PruneReason, Pruner, RunCurve } from "./pruner.js";

/** Optuna's names and meanings. */
export interface PercentileOptions {
  /** 0 to 100: keep a run while it is among the best so many per cent. */
  readonly percentile: number;
  /** Completed runs needed before any run is stopped. */
  readonly n_startup_trials: number;
  /** Steps below this one are not judged. */
  readonly n_warmup_steps: number;
  /** From the warm-up on, only the first report at or after every so many steps is judged. */
  readonly interval_steps: number;
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
  return {
    shouldPrune(curve, others, { direction }) {
      const keep = (rule: string, details: Partial<PruneReason> = {}) => ({
        prune: false,
        reason: { ...details, pruner: name, rule },
      });
      const completed = others.filter(
        (other) => other.state === "completed" && !other.excluded && other.number !== curve.number,
      );
      if (completed.length === 0 || completed.length < options.n_startup_trials)
        return keep("startup", { completed: completed.length });
      const own = firstReports(curve);
      if (own.size === 0) return keep("no_report");
      const step = Math.max(...own.keys());
      if (step < options.n_warmup_steps) return keep("warmup", { step });
      if (!isFirstInInterval(step, own, options)) return keep("interval", { step });

      const best = bestOf([...own.values()], direction);
      if (Number.isNaN(best))
        return { prune: true, reason: { pruner: name, rule: "only_nan", step } };
      const rivals = completed.map((other) => firstReports(other).get(step));
      const values = rivals.filter((value) => value !== undefined);
      const details = { step, best, compared: values.length };
      if (values.length < options.n_min_trials) return keep("too_few", details);
      const share = direction === "maximize" ? 100 - options.percentile : options.percentile;
      const threshold = nanPercentile(values, share);
      if (Number.isNaN(threshold)) return keep("too_few", details);
      const prune = direction === "maximize" ? best < threshold : best > threshold;
      const rule = prune ? "worse_than_percentile" : "within_percentile";
      return { prune, reason: { pruner: name, rule, ...details, threshold } };
    },
  };
}

/** Step → value, NaN for null; the first report at a step counts. */
function firstReports({ points }: RunCurve): Map<number, number> {
  const reports = new Map<number, number>();
  for (const { step, value } of points)
    if (!reports.has(step)) reports.set(step, value ?? Number.NaN);
  return reports;
}

/** Whether no earlier report has been judged in the interval that `step` lies in. */
function isFirstInInterval(
  step: number,
  own: ReadonlyMap<number, number>,
  { n_warmup_steps, interval_steps }: PercentileOptions,
): boolean {
  const start =
    Math.floor((step - n_warmup_steps) / interval_steps) * interval_steps + n_warmup_steps;
  for (const earlier of own.keys()) if (earlier < step && earlier >= start) return false;
  return true;
}

/** NaN if there is nothing but NaN. */
function bestOf(values: readonly number[], direction: Direction): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return Number.NaN;
  return direction === "minimize" ? Math.min(...numbers) : Math.max(...numbers);
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
