import type { Direction } from "@sweepyard/contract";
import { violationOf } from "./feasibility.js";
import type { Observation } from "./observation.js";

/** A history divided into what TPE learns from, each part by ascending number. */
export interface TpeSplit {
  readonly good: readonly Observation[];
  readonly bad: readonly Observation[];
}

/** How many of `count` finished runs are good: a tenth, rounded up, at most 25. */
export const goodCount = (count: number): number => Math.min(Math.ceil(0.1 * count), 25);

/** Runs with a result that can be ranked: completed with a finite value, or pruned. */
export const isRanked = (run: Observation): boolean =>
  run.excluded !== true &&
  (run.state === "pruned" || (run.state === "completed" && Number.isFinite(run.value)));

/**
 * The best `count` of the ranked runs are good. Completed ones come first, by value; pruned ones
 * after all of them, by their last step (later is better) and the value there, those without a
 * point last; then those that break constraints, by how far. Equals keep their order.
 * Runs that are still going count as bad, so that parallel workers spread out (the constant
 * liar), and so do diverged ones and those whose value is not finite: their params are known to
 * be poor. Failed, cancelled and excluded runs teach nothing.
 * @see Watanabe & Hutter, "c-TPE: tree-structured Parzen estimator with inequality constraints for
 *   expensive hyperparameter optimization", IJCAI 2023, of constraints; Optuna 5.0 splits as here
 */
export function splitRuns(
  history: readonly Observation[],
  direction: Direction,
  count: number,
): TpeSplit {
  const byNumber = inOrder(history);
  const sign = direction === "minimize" ? 1 : -1;
  const good = new Set(bestRanked(byNumber.filter(isRanked), sign, count));
  return {
    good: byNumber.filter((run) => good.has(run)),
    bad: byNumber.filter((run) => !good.has(run) && (isRanked(run) || isPoor(run))),
  };
}

/** The best `count`, without sorting the others. */
function bestRanked(runs: readonly Observation[], sign: number, count: number): Observation[] {
  const best: { run: Observation; rank: Rank }[] = [];
  for (const run of runs) {
    const rank = toRank(run, sign);
    const last = best[count - 1];
    if (count === 0 || (last !== undefined && compareRanks(last.rank, rank) <= 0)) continue;
    let [from, to] = [0, best.length]; // after all that are as good: equals keep their order
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = best[middle];
      if (other !== undefined && compareRanks(other.rank, rank) <= 0) from = middle + 1;
      else to = middle;
    }
    best.splice(from, 0, { run, rank });
    if (best.length > count) best.pop();
  }
  return best.map(({ run }) => run);
}

/** Histories mostly come in order; finding that out is cheaper than sorting. */
function inOrder(history: readonly Observation[]): readonly Observation[] {
  let last = Number.NEGATIVE_INFINITY;
  for (const { number } of history) {
    if (number < last) return history.toSorted((a, b) => a.number - b.number);
    last = number;
  }
  return history;
}

function isPoor({ state, excluded }: Observation): boolean {
  if (excluded) return false;
  switch (state) {
    case "queued":
    case "running":
    case "paused":
    case "diverged":
    case "completed":
      return true;
    case "pruned":
    case "failed":
    case "cancelled":
      return false;
  }
}

/** [group, minus the last step or the violation, loss], compared in this order; smaller is better. */
type Rank = readonly [number, number, number];

function toRank(run: Observation, sign: number): Rank {
  const { state, value, points = [] } = run;
  const violation = violationOf(run);
  if (violation > 0) return [3, violation, 0];
  if (state === "completed") return [0, 0, sign * Number(value)];
  const [first] = points;
  if (first === undefined) return [2, 0, 0];
  // Of two points at one step the first counts.
  const last = points.reduce((best, point) => (point.step > best.step ? point : best), first);
  const loss = sign * (last.value ?? Number.NaN);
  return [1, -last.step, Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss];
}

const compareRanks = (a: Rank, b: Rank): number =>
  compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2], b[2]);

/** Of infinite values too, whose difference would be NaN. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
