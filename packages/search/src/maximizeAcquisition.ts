import type { GpSpace } from "./gpSpace.js";
import { minimizeLbfgs } from "./lbfgs.js";
import { levelAt, levelCount, levelOf } from "./levels.js";
import { samplePoints, snap } from "./samplePoints.js";
import { fromUnit, toUnit } from "./unit.js";

/** What a point is worth; larger is better. Points are projected ones (`GpSpace`). */
export interface Acquisition {
  /** If `gradient` [axes] is given, it receives the derivatives. */
  at(point: Float64Array, gradient?: Float64Array): number;
  /** At many points, which is faster than one after the other. */
  atAll(points: readonly Float64Array[]): number[];
}

export interface AcquisitionTask {
  readonly acquisition: Acquisition;
  /** 1 / length scale² of each axis: steps are taken in length scales. */
  readonly inverseSquaredLengthscales: Float64Array;
  /** Points to climb from as well as the sampled ones, such as the best run's. */
  readonly starts: readonly Float64Array[];
  readonly seed: number;
  readonly nextUnit: () => number;
}

export interface AcquisitionMaximum {
  readonly point: Float64Array;
  readonly value: number;
}

/** Optuna's number. */
const CLIMBS = 10;
/** By length scale. Ten times finer than Optuna's, as the last digits of an optimum need it. */
const GRADIENT_TOLERANCE = 1e-3;
/** Of going through the axes in turn; it mostly ends after two or three rounds. */
const MAX_ROUNDS = 20;

/**
 * The best point found by climbing from the best of 2048 scrambled Sobol points, from some of the
 * others (the likelier, the better they are), and from `starts`. A climb moves all continuous
 * coordinates at once along the gradient, then tries the levels of each of the other axes, until
 * neither helps.
 */
export function maximizeAcquisition(space: GpSpace, task: AcquisitionTask): AcquisitionMaximum {
  const samples = samplePoints(space, task.seed);
  const values = task.acquisition.atAll(samples.map((point) => space.project(point)));
  const starts = [
    ...chooseStarts(values, CLIMBS - task.starts.length, task.nextUnit).map(
      (index) => samples[index] ?? new Float64Array(),
    ),
    ...task.starts,
  ];
  let best: AcquisitionMaximum | undefined;
  for (const start of starts) {
    const top = climb(space, start, task);
    if (best === undefined || top.value > best.value) best = top;
  }
  return best ?? { point: new Float64Array(space.axes.length), value: Number.NaN };
}

/** The best one and, without replacement, others with odds exp(value). */
function chooseStarts(values: readonly number[], count: number, nextUnit: () => number): number[] {
  const best = values.reduce((top, value, i) => (value > (values[top] ?? value) ? i : top), 0);
  const highest = values[best] ?? 0;
  // Gumbel's trick: the largest sums of log odds and noise are a draw without replacement.
  const others = values
    .map((value, index) => ({ index, key: value - highest - Math.log(-Math.log(nextUnit())) }))
    .filter(({ index }) => index !== best && Math.exp((values[index] ?? 0) - highest) > 0)
    .sort((a, b) => b.key - a.key || a.index - b.index);
  return [best, ...others.slice(0, Math.max(0, count - 1)).map(({ index }) => index)];
}

function climb(space: GpSpace, start: Float64Array, task: AcquisitionTask): AcquisitionMaximum {
  let best: AcquisitionMaximum = { point: start, value: task.acquisition.at(space.project(start)) };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const smooth = climbRounded(space, climbContinuous(space, best, task), task);
    best = climbListed(space, smooth, task);
    if (best === smooth) break;
  }
  return best;
}

/** Coordinates in length scales make the acquisition equally curved in each. */
function climbContinuous(
  space: GpSpace,
  from: AcquisitionMaximum,
  { acquisition, inverseSquaredLengthscales }: AcquisitionTask,
): AcquisitionMaximum {
  const moving = [...space.axes.keys()].filter((axis) => space.axes[axis]?.levels === null);
  if (moving.length === 0) return from;
  const scales = Float64Array.from(
    moving,
    (axis) => 1 / Math.sqrt(inverseSquaredLengthscales[axis] ?? 1),
  );
  const free = new Uint8Array(space.axes.length);
  const slopes = new Float64Array(space.axes.length);
  const pointAt = (scaled: Float64Array) => {
    const point = from.point.slice();
    for (const [i, axis] of moving.entries())
      point[axis] = Math.min(1, (scaled[i] ?? 0) * (scales[i] ?? 1));
    return point;
  };
  const { x } = minimizeLbfgs(
    (scaled, gradient) => {
      const value = acquisition.at(space.project(pointAt(scaled), free), slopes);
      for (const [i, axis] of moving.entries())
        gradient[i] = free[axis] ? -(slopes[axis] ?? 0) * (scales[i] ?? 1) : 0;
      return -value;
    },
    Float64Array.from(moving, (axis, i) => (from.point[axis] ?? 0) / (scales[i] ?? 1)),
    {
      low: new Float64Array(moving.length),
      high: scales.map((scale) => 1 / scale),
      gradientTolerance: GRADIENT_TOLERANCE,
    },
  );
  const point = pointAt(x);
  for (const axis of moving) {
    const { dimension } = space.axes[axis] ?? {};
    const coordinate = point[axis] ?? 0;
    if (dimension !== undefined && coordinate < 1) point[axis] = snap(dimension, coordinate);
  }
  return betterOf(from, point, space, acquisition);
}

/** Of a long list of levels rounding may miss the best one: the neighbours are tried as well. */
function climbRounded(
  space: GpSpace,
  from: AcquisitionMaximum,
  { acquisition }: AcquisitionTask,
): AcquisitionMaximum {
  let best = from;
  for (const [axis, { dimension, levels }] of space.axes.entries()) {
    if (levels !== null || !Number.isFinite(levelCount(dimension))) continue;
    const middle = levelOf(dimension, fromUnit(dimension, best.point[axis] ?? 0));
    for (const offset of [-2, -1, 1, 2]) {
      const level = middle + offset;
      if (level < 0 || level >= levelCount(dimension)) continue;
      const point = best.point.slice();
      point[axis] = toUnit(dimension, levelAt(dimension, level));
      best = betterOf(best, point, space, acquisition);
    }
  }
  return best;
}

/** All levels of each axis that has few, one axis after the other. */
function climbListed(
  space: GpSpace,
  from: AcquisitionMaximum,
  { acquisition }: AcquisitionTask,
): AcquisitionMaximum {
  let best = from;
  for (const [axis, { levels }] of space.axes.entries()) {
    const { point } = best;
    for (const level of levels ?? []) {
      if (level === point[axis]) continue;
      const moved = point.slice();
      moved[axis] = level;
      best = betterOf(best, moved, space, acquisition);
    }
  }
  return best;
}

function betterOf(
  best: AcquisitionMaximum,
  point: Float64Array,
  space: GpSpace,
  acquisition: Acquisition,
): AcquisitionMaximum {
  const value = acquisition.at(space.project(point));
  return value > best.value ? { point, value } : best;
}
