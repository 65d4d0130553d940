import type { Direction } from "@sweepyard/contract";
import { bestByDominance } from "./bestByDominance.js";
import { scoredRuns } from "./objectives.js";
import type { Observation } from "./observation.js";
import { splitRuns, type TpeSplit } from "./tpeSplit.js";

/** How many of `count` finished runs are good with several objectives: a tenth, rounded up. */
export const goodCountMulti = (count: number): number => Math.ceil(0.1 * count);

/** Runs with a result that can be ranked: completed with all objectives, or pruned. */
export function rankedByDominance(
  history: readonly Observation[],
  directions: readonly Direction[],
): Observation[] {
  const completed = scoredRuns(history, directions).map(({ run }) => run);
  return [...completed, ...history.filter(isPruned)];
}

/**
 * As `splitRuns`, for several objectives. Completed and feasible runs come first, by front, and
 * from the front that does not fit whole those that together dominate most volume; then pruned
 * ones by their first objective, then infeasible ones by their violation.
 * @see Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 73 (2022); Optuna 5.0
 */
export function splitByDominance(
  history: readonly Observation[],
  directions: readonly Direction[],
  count: number,
): TpeSplit {
  const [first = "minimize"] = directions;
  const scored = scoredRuns(history, directions);
  const feasible = scored.filter(({ violation }) => violation === 0);
  const good = new Set<Observation>();
  for (const index of bestByDominance(
    feasible.map(({ losses }) => losses),
    count,
  )) {
    const run = feasible[index]?.run;
    if (run !== undefined) good.add(run);
  }
  const pruned = splitRuns(history.filter(isPruned), first, Math.max(0, count - good.size)).good;
  const infeasible = scored
    .filter(({ violation }) => violation > 0)
    .sort((a, b) => (a.violation < b.violation ? -1 : a.violation > b.violation ? 1 : 0))
    .map(({ run }) => run);
  for (const run of [...pruned, ...infeasible]) if (good.size < count) good.add(run);
  const others = splitRuns(history, first, 0).bad; // all that count at all, by number
  return {
    good: others.filter((run) => good.has(run)),
    bad: others.filter((run) => !good.has(run)),
  };
}

const isPruned = ({ state, excluded }: Observation) => state === "pruned" && !excluded;
