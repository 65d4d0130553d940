import type { Direction } from "@sweepyard/contract";
import { decisionsOf } from "./decisions.js";
import type { PruneDecision, Pruner, RunCurve } from "./pruner.js";
import { figure, firstReports, isBetter, lastStep } from "./reports.js";

/** Optuna's names and meanings. */
export interface SuccessiveHalvingOptions {
  /**
   * Step at which rung 0 is reached, before the early-stopping rate. `auto` is a hundredth of the
   * longest completed run's last step, at least 1, settled once for the sweep.
   */
  readonly min_resource: number | "auto";
  /** The best 1/reduction_factor of a rung go on; a rung takes so many times the last one's steps. */
  readonly reduction_factor: number;
  /** Rungs that are left out at the start. */
  readonly min_early_stopping_rate: number;
  /** Stops the first so many runs at each rung, whatever their values. */
  readonly bootstrap_count: number;
}

/** For pruners that are successive halving in another guise. */
interface HalvingManner {
  readonly name?: string;
  /** What a resource counts: steps, which begin at 0, or finished epochs. */
  readonly unit?: "step" | "epoch";
}

/**
 * Asynchronous successive halving that only ever stops runs. Rung k is reached with the first
 * report at or after step min_resource · reduction_factor^(min_early_stopping_rate + k); the run
 * goes on if its value there is among the best floor(n / reduction_factor), at least the single
 * best, of the n values recorded at the rung. Runs in every state compete, excluded ones apart.
 * NaN at a rung is stopped and not recorded. The same decisions as Optuna 5.0's
 * SuccessiveHalvingPruner, whose steps count from 0, as long as `rungs` and `resource` of each
 * decision are handed back with the next.
 * @see Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys 2020), §3
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.SuccessiveHalvingPruner.html
 */
export function createSuccessiveHalvingPruner(
  options: SuccessiveHalvingOptions,
  { name = "successive_halving", unit = "step" }: HalvingManner = {},
): Pruner {
  const { keep, stop } = decisionsOf(name);
  return {
    needs: "rungs",
    shouldPrune(curve, others, settings) {
      const own = firstReports(curve);
      const last = lastStep(own);
      if (last === null) return keep("no_report", "it has reported nothing");
      const step = unit === "step" ? last : last + 1;
      const rivals = others.filter(
        (other) => other.number !== curve.number && other.excluded !== true,
      );
      const resource = minResource(options, rivals, settings.resource);
      if (resource === null)
        return keep("startup", "no run has completed to tell how long runs are");
      const settled = options.min_resource === "auto" ? { resource } : {};

      const value = own.get(last) ?? Number.NaN;
      const rungs = [...(curve.rungs ?? [])];
      const answer = (decision: PruneDecision): PruneDecision => ({
        ...decision,
        ...settled,
        rungs,
      });
      for (;;) {
        const rung = rungs.length;
        const due = resource * options.reduction_factor ** (options.min_early_stopping_rate + rung);
        if (step < due)
          return answer(
            keep("between_rungs", `rung ${rung} is at ${unit} ${due}`, { [unit]: step, rung, due }),
          );
        if (Number.isNaN(value))
          return answer(stop("nan", `its value at rung ${rung} is NaN`, { [unit]: step, rung }));
        rungs.push(value);
        const recorded = valuesAt(rung, rivals);
        const standing = standingAt(value, recorded, options.reduction_factor, settings.direction);
        const { place, runs, cut } = standing;
        const details = { [unit]: step, rung, value, place, runs, cut };
        const at = `at rung ${rung} (${unit} ${step})`;
        if (options.bootstrap_count > 0 && runs <= options.bootstrap_count)
          return answer(stop("bootstrap", `it is one of the first ${runs} ${at}`, details));
        if (isBetter(cut, value, settings.direction)) {
          const why = `${figure(value)} ${at} is place ${place} of ${runs}; ${figure(cut)} was needed`;
          return answer(stop("lost_rung", why, details));
        }
      }
    },
  };
}

/** The values recorded at a rung, in no particular order. */
export const valuesAt = (rung: number, runs: readonly RunCurve[]): number[] =>
  runs.flatMap(({ rungs }) => rungs?.[rung] ?? []);

/**
 * How a value stands among `others` at its rung: `place` from 1, equal values sharing the better
 * one, of `runs` in all, and the worst value that still goes on.
 */
function standingAt(
  value: number,
  others: readonly number[],
  reductionFactor: number,
  direction: Direction,
) {
  const all = [...others, value].sort(direction === "minimize" ? (a, b) => a - b : (a, b) => b - a);
  const winners = Math.max(1, Math.floor(all.length / reductionFactor));
  return {
    place: 1 + others.filter((other) => isBetter(other, value, direction)).length,
    runs: all.length,
    cut: all[winners - 1] ?? value,
  };
}

function minResource(
  { min_resource }: SuccessiveHalvingOptions,
  rivals: readonly RunCurve[],
  settled: number | undefined,
): number | null {
  if (min_resource !== "auto") return min_resource;
  if (settled !== undefined) return settled;
  const longest = longestCompleted(rivals);
  return longest === null ? null : Math.max(1, Math.floor(longest / 100));
}

/** The largest last step of completed runs; null if none has reported. */
export function longestCompleted(runs: readonly RunCurve[]): number | null {
  let longest: number | null = null;
  for (const run of runs) {
    const last = run.state === "completed" ? lastStep(firstReports(run)) : null;
    if (last !== null && (longest === null || last > longest)) longest = last;
  }
  return longest;
}
