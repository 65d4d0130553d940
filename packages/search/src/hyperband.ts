import { crc32 } from "./crc32.js";
import { decisionsOf } from "./decisions.js";
import { exactLog } from "./exactLog.js";
import type { Pruner, RunCurve } from "./pruner.js";
import { createSuccessiveHalvingPruner, longestCompleted } from "./successiveHalving.js";

/** Optuna's names and meanings. */
export interface HyperbandOptions {
  readonly min_resource: number;
  /** `auto` is the number of reports of the longest completed run, settled once for the sweep. */
  readonly max_resource: number | "auto";
  readonly reduction_factor: number;
  readonly bootstrap_count: number;
}

/**
 * Brackets of successive halving, each beginning one rung later than the one before, and every
 * run belongs to one of them. A run competes within its bracket alone; with `max_resource`
 * `auto` nothing is stopped before the first run has completed. The same decisions as Optuna
 * 5.0's HyperbandPruner.
 * @see Li et al., Hyperband: A Novel Bandit-Based Approach (JMLR 18, 2018), algorithm 1
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.HyperbandPruner.html
 */
export function createHyperbandPruner(options: HyperbandOptions): Pruner {
  const { keep } = decisionsOf("hyperband");
  return {
    needs: "rungs",
    shouldPrune(curve, others, settings) {
      const { sweepName = "" } = settings;
      const resource = maxResource(options, curve, others, settings.resource);
      if (resource === null)
        return keep("startup", "no run has completed to tell how long runs are");
      const budgets = bracketBudgets({ ...options, max_resource: resource });
      const bracket = bracketOf(sweepName, curve.number, budgets);
      const rivals = others.filter(
        ({ number }) => bracketOf(sweepName, number, budgets) === bracket,
      );
      const halving = createSuccessiveHalvingPruner(
        { ...options, min_early_stopping_rate: bracket },
        { name: "hyperband" },
      );
      const decision = halving.shouldPrune(curve, rivals, settings);
      return {
        ...decision,
        ...(options.max_resource === "auto" && { resource }),
        reason: {
          ...decision.reason,
          bracket,
          why: `${decision.reason.why} (bracket ${bracket} of ${budgets.length})`,
        },
      };
    },
  };
}

/**
 * Shares of runs that the brackets get, in Optuna's proportions. With n brackets, number b gets
 * ceil(n · reduction_factor^(n - 1 - b) / (n - b)).
 */
export function bracketBudgets(
  options: HyperbandOptions & { readonly max_resource: number },
): number[] {
  const { min_resource, max_resource, reduction_factor } = options;
  // In floating point, as Optuna has it: 243 with factor 3 makes 5 brackets, not 6.
  const count =
    Math.floor(logOfQuotient(max_resource, min_resource) / exactLog(reduction_factor)) + 1;
  return Array.from({ length: count }, (_, bracket) =>
    Math.ceil((count * reduction_factor ** (count - 1 - bracket)) / (count - bracket)),
  );
}

/** The logarithm of the quotient, which is exact for whole quotients; others never lie on an edge. */
const logOfQuotient = (max: number, min: number): number =>
  Number.isInteger(max / min) ? exactLog(max / min) : Math.log(max / min);

/** The bracket of a run, from 0, drawn by a hash so that every worker draws the same one. */
export function bracketOf(sweepName: string, number: number, budgets: readonly number[]): number {
  const total = budgets.reduce((sum, budget) => sum + budget, 0);
  let draw = crc32(`${sweepName}_${number}`) % total;
  return budgets.findIndex((budget) => {
    draw -= budget;
    return draw < 0;
  });
}

function maxResource(
  { max_resource }: HyperbandOptions,
  curve: RunCurve,
  others: readonly RunCurve[],
  settled: number | undefined,
): number | null {
  if (max_resource !== "auto") return max_resource;
  if (settled !== undefined) return settled;
  const rivals = others.filter((other) => other.number !== curve.number && !other.excluded);
  const longest = longestCompleted(rivals);
  return longest === null ? null : longest + 1;
}
