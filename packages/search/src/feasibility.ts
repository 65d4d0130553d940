import type { Observation } from "./observation.js";

/**
 * How far a run breaks the sweep's constraints: the sum of those above 0. 0 is feasible; Infinity
 * if a constraint was never measured or is NaN, as nothing worse can be known of it.
 */
export function violationOf({ constraints = [] }: Pick<Observation, "constraints">): number {
  let sum = 0;
  for (const constraint of constraints) {
    if (constraint === null || Number.isNaN(constraint)) return Number.POSITIVE_INFINITY;
    if (constraint > 0) sum += constraint;
  }
  return sum;
}

/** Whether all constraints of a run are at most 0; a run without any is feasible. */
export const isFeasible = (run: Pick<Observation, "constraints">): boolean =>
  violationOf(run) === 0;
