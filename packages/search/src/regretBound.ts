import type { Direction, Space } from "@sweepyard/contract";
import { conditionOn, toInputs } from "./conditionedProcess.js";
import { standardise } from "./gpData.js";
import { createGpSpace } from "./gpSpace.js";
import type { Observation } from "./observation.js";
import { samplePoints } from "./samplePoints.js";

export interface RegretTask {
  readonly space: Space;
  readonly direction: Direction;
  /** Share of the runs, the best of them, that the process is fitted to. */
  readonly topRatio: number;
  /** At least so many of them, if there are. */
  readonly topMin: number;
  readonly seed: number;
}

/** The bound holds with a probability of 1 - DELTA. */
const DELTA = 0.1;
/** A fit takes O(runs³): of a long history the best ones count. */
const MOST_RUNS = 300;

/**
 * How much better than the best of `runs` the space's optimum may be, in the objective's unit, with
 * a probability of 0.9: the highest upper confidence bound of a Gaussian process anywhere, less the
 * highest lower one at a run. Null if there is nothing to compare: no run lies in the space, or it
 * has but one point.
 *
 * @param runs completed, with finite values
 * @see Makarova et al., "Automatic termination for hyperparameter optimization", AutoML 2022; the
 *   width of the bounds as in Optuna 5.0's RegretBoundEvaluator, after Srinivas et al. 2010
 */
export function regretBound(
  runs: readonly Observation[],
  { space, direction, topRatio, topMin, seed }: RegretTask,
): number | null {
  const gpSpace = createGpSpace(space);
  const sign = direction === "minimize" ? 1 : -1;
  const known = runs.flatMap(({ params, value, number }) => {
    const point = gpSpace.encode(params);
    return point === null ? [] : [{ point, loss: sign * Number(value), number }];
  });
  if (known.length === 0 || gpSpace.axes.length === 0) return null;
  known.sort((a, b) => a.loss - b.loss || a.number - b.number);
  const wanted = Math.max(topMin, Math.floor(known.length * topRatio));
  const last = known[Math.min(wanted, known.length) - 1];
  // Equals of the last one count too, as in Optuna.
  const top = known.filter(({ loss }) => last && loss <= last.loss).slice(0, MOST_RUNS);
  const losses = standardise(top.map(({ loss }) => loss));
  const points = top.map(({ point }) => point);
  const { process } = conditionOn(gpSpace, {
    inputs: toInputs(gpSpace, points),
    values: losses.values.map((loss) => -loss),
  });
  const beta = (2 / 5) * Math.log((gpSpace.axes.length * (top.length * Math.PI) ** 2) / 6 / DELTA);
  const bound = (side: 1 | -1, at: readonly Float64Array[]) =>
    process
      .posteriors(at)
      .reduce(
        (most, { mean, variance }) => Math.max(most, mean + side * Math.sqrt(beta * variance)),
        Number.NEGATIVE_INFINITY,
      );
  const anywhere = samplePoints(gpSpace, seed).map((point) => gpSpace.project(point));
  const highest = Math.max(bound(1, points), bound(1, anywhere));
  return losses.toOriginal(highest - bound(-1, points)) - losses.toOriginal(0);
}
