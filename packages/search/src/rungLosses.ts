import type { Direction } from "@sweepyard/contract";
import { violationOf } from "./feasibility.js";
import type { Observation } from "./observation.js";

/** The loss at each rung that a run has reached, lowest rung first. */
export type RungLosses = readonly number[];

/**
 * Rungs are at `min_resource` steps, `reduction_factor` times as many, and so on. Infinity for what
 * is not finite, for a run that has diverged and for one that breaks constraints.
 */
export function rungLosses(
  { points = [], state, value, constraints }: Observation,
  { min_resource, reduction_factor }: { min_resource: number; reduction_factor: number },
  direction: Direction,
): RungLosses {
  const sign = direction === "minimize" ? 1 : -1;
  const isPoor = state === "diverged" || violationOf({ constraints }) > 0;
  const toLoss = (measured: number | null) =>
    !isPoor && measured !== null && Number.isFinite(measured)
      ? sign * measured
      : Number.POSITIVE_INFINITY;
  const losses: number[] = [];
  const sorted = points.toSorted((a, b) => a.step - b.step); // of two at one step the first counts
  for (let steps = min_resource; ; steps *= reduction_factor) {
    const reached = sorted.find(({ step }) => step >= steps - 1);
    if (reached === undefined) break;
    losses.push(toLoss(reached.value));
  }
  // What was told only its end has an outcome all the same.
  if (losses.length === 0 && (state === "completed" || state === "diverged"))
    losses.push(toLoss(value));
  return losses;
}
