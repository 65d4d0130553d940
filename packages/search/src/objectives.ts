import type { Direction } from "@sweepyard/contract";
import { dominates, type Losses, toLosses } from "./dominance.js";
import { isFeasible, violationOf } from "./feasibility.js";
import type { Observation } from "./observation.js";
import type { Goal } from "./sampler.js";

/** A completed run with all its objectives, as samplers of several objectives compare it. */
export interface ScoredRun {
  readonly run: Observation;
  /** One for each of the sweep's directions; smaller is better. */
  readonly losses: Losses;
  /** 0 if the run is feasible. */
  readonly violation: number;
}

export const directionsOf = (goal: Goal): readonly Direction[] =>
  goal.directions ?? [goal.direction];

/**
 * The completed runs whose objectives are all numbers, infinite ones included, by ascending
 * number. Excluded ones are left out, and those with fewer objectives than directions.
 */
export function scoredRuns(
  history: readonly Observation[],
  directions: readonly Direction[],
): ScoredRun[] {
  const scored: ScoredRun[] = [];
  for (const run of history) {
    if (run.state !== "completed" || run.excluded) continue;
    const values = objectiveValues(run, directions.length);
    if (values === null) continue;
    scored.push({ run, losses: toLosses(values, directions), violation: violationOf(run) });
  }
  return scored.sort((a, b) => a.run.number - b.run.number);
}

function objectiveValues({ value, values }: Observation, count: number): number[] | null {
  const numbers = (values ?? [value]).filter(
    (objective): objective is number => objective !== null && !Number.isNaN(objective),
  );
  return numbers.length === count && (values?.length ?? 1) === count ? numbers : null;
}

/**
 * Whether `a` is better than `b`: a feasible run beats an infeasible one, of two infeasible ones
 * the smaller violation wins, and of two feasible ones that which dominates.
 * @see Deb, "An efficient constraint handling method for genetic algorithms", Comput. Methods
 *   Appl. Mech. Engrg. 186 (2000)
 */
export function beats(a: ScoredRun, b: ScoredRun): boolean {
  if (a.violation > 0 || b.violation > 0) return a.violation < b.violation;
  return dominates(a.losses, b.losses);
}

/** The feasible runs of `scoredRuns`. */
export const feasibleRuns = (
  history: readonly Observation[],
  directions: readonly Direction[],
): ScoredRun[] => scoredRuns(history, directions).filter(({ run }) => isFeasible(run));
