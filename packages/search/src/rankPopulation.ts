import { nondominatedRanks } from "./dominance.js";
import type { ScoredRun } from "./objectives.js";

/**
 * Runs by front, the best first: the feasible ones by dominance, then the infeasible ones by
 * their violation, equal violations together.
 * @see Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans.
 *   Evol. Comput. 6 (2002), §VI
 */
export function rankPopulation(runs: readonly ScoredRun[]): ScoredRun[][] {
  const feasible = runs.filter(({ violation }) => violation === 0);
  const ranks = nondominatedRanks(feasible.map(({ losses }) => losses));
  const fronts: ScoredRun[][] = [];
  for (const [index, run] of feasible.entries()) {
    const rank = ranks[index] ?? 0;
    for (let missing = fronts.length; missing <= rank; missing++) fronts.push([]);
    fronts[rank]?.push(run);
  }
  const violations = new Set(runs.map(({ violation }) => violation).filter((sum) => sum > 0));
  for (const sum of [...violations].sort((a, b) => a - b))
    fronts.push(runs.filter(({ violation }) => violation === sum));
  return fronts;
}

/** Whole fronts while they fit, and `count` in all: `choose` picks from the front that does not. */
export function selectByFront(
  runs: readonly ScoredRun[],
  count: number,
  choose: (front: readonly ScoredRun[], room: number, chosen: readonly ScoredRun[]) => ScoredRun[],
): ScoredRun[] {
  const chosen: ScoredRun[] = [];
  for (const front of rankPopulation(runs)) {
    const room = count - chosen.length;
    if (room <= 0) break;
    chosen.push(...(front.length <= room ? front : choose(front, room, chosen)));
  }
  return chosen;
}
