import type { Direction } from "@sweepyard/contract";
import { type Losses, nondominatedIndices, toLosses } from "./dominance.js";
import { hypervolumeContribution } from "./hypervolume.js";
import { feasibleRuns } from "./objectives.js";
import type { Observation } from "./observation.js";
import { referencePointOf } from "./selectByHypervolume.js";

/**
 * The completed, feasible runs that no other such run beats in every objective, by ascending
 * number. Runs with equal objectives are all in it; excluded ones and those with a NaN are not.
 * With one direction it is the best run and its equals.
 *
 * @param directions of `Observation.values`, in their order
 */
export function paretoFront(
  observations: readonly Observation[],
  directions: readonly Direction[],
): Observation[] {
  const runs = feasibleRuns(observations, directions);
  const front = nondominatedIndices(runs.map(({ losses }) => losses));
  return front.flatMap((index) => runs[index]?.run ?? []);
}

/** The hypervolume once run `number` had completed. */
export interface HypervolumePoint {
  readonly number: number;
  readonly hypervolume: number;
}

/**
 * How the hypervolume grew, run by run in the order of their numbers; one point for each
 * completed, feasible run. It never falls.
 *
 * @param directions of `Observation.values`, in their order
 * @param reference in the objectives' own units, as bad as a value can be and still count;
 *   absent: a tenth beyond the worst value of each objective on the Pareto front, so that it
 *   shifts while the front grows. Give one to compare sweeps.
 */
export function hypervolumeHistory(
  observations: readonly Observation[],
  directions: readonly Direction[],
  reference?: readonly number[],
): HypervolumePoint[] {
  const runs = feasibleRuns(observations, directions);
  const limit =
    reference === undefined
      ? defaultReference(runs.map(({ losses }) => losses))
      : toLosses(reference, directions);
  let front: Losses[] = [];
  let volume = 0;
  return runs.map(({ run, losses }) => {
    const added = hypervolumeContribution(losses, front, limit);
    if (added > 0) {
      volume += added;
      const grown = [...front, losses];
      front = nondominatedIndices(grown).map((index) => grown[index] ?? losses);
    }
    return { number: run.number, hypervolume: volume };
  });
}

/**
 * The reference point of `hypervolumeHistory` where none is given, in the objectives' own units.
 * Empty if no run counts yet.
 */
export const defaultReferencePoint = (
  observations: readonly Observation[],
  directions: readonly Direction[],
): readonly number[] =>
  toLosses(
    defaultReference(feasibleRuns(observations, directions).map(({ losses }) => losses)),
    directions,
  );

function defaultReference(points: readonly Losses[]): Losses {
  const front = nondominatedIndices(points).map((index) => points[index] ?? []);
  return referencePointOf(front.filter((losses) => losses.every(Number.isFinite)));
}
