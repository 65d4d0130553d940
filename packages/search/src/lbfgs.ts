/** The function's value at x; its gradient is written into `gradient`. Both [dimensions]. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Each coordinate's range, [dimensions]; absent: unbounded. */
  readonly low?: Float64Array;
  readonly high?: Float64Array;
  /** Stops when no coordinate of the projected gradient is larger. */
  readonly gradientTolerance: number;
  readonly maxIterations?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

const MEMORY = 10;
/** Of what the gradient promises, so much must come true for a step to be taken (Armijo). */
const SUFFICIENT = 1e-4;
/** Stops when an iteration gains less than this, relative to the value. */
const VALUE_TOLERANCE = 1e-11;
const MAX_BACKTRACKS = 20;

/**
 * Minimises a smooth function inside a box by limited-memory BFGS steps in the coordinates that
 * are free to move, cut short at the box's sides. A value that is NaN or infinite is stepped back
 * from; at the start it ends the search. Finds a local minimum.
 * @see Nocedal & Wright, Numerical Optimization (2nd ed.), algorithms 7.4 and 7.5; Bertsekas,
 *   "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
 *   Optim. 20 (1982)
 */
export function minimizeLbfgs(
  evaluate: Differentiable,
  start: Float64Array,
  options: LbfgsOptions,
): Minimum {
  const { low, high, gradientTolerance, maxIterations = 200 } = options;
  const inside = (value: number, i: number) =>
    Math.min(high?.[i] ?? Number.POSITIVE_INFINITY, Math.max(low?.[i] ?? -Infinity, value));
  let x: Float64Array = start.map(inside);
  let gradient: Float64Array = new Float64Array(x.length);
  let value = evaluate(x, gradient);
  let evaluations = 1;
  const pairs: CurvaturePair[] = [];

  for (let iteration = 0; iteration < maxIterations && Number.isFinite(value); iteration++) {
    const free = x.map((xi, i) => {
      const gi = gradient[i] ?? 0;
      return (gi > 0 && xi <= (low?.[i] ?? -Infinity)) || (gi < 0 && xi >= (high?.[i] ?? Infinity))
        ? 0
        : 1;
    });
    const steepest = gradient.map((gi, i) => -gi * (free[i] ?? 0));
    const largest = steepest.reduce(
      (most, gi, i) => Math.max(most, Math.abs(inside((x[i] ?? 0) + gi, i) - (x[i] ?? 0))),
      0,
    );
    if (!(largest > gradientTolerance)) break;
    let direction = quasiNewtonDirection(steepest, pairs, free);
    if (!(dot(direction, gradient) < 0)) {
      pairs.length = 0;
      direction = steepest;
    }
    let step = pairs.length > 0 ? 1 : Math.min(1, 1 / norm(direction));
    let next: { x: Float64Array; gradient: Float64Array; value: number } | null = null;
    for (let attempt = 0; attempt < MAX_BACKTRACKS && next === null; attempt++) {
      const trial = x.map((xi, i) => inside(xi + step * (direction[i] ?? 0), i));
      const trialGradient = new Float64Array(x.length);
      const trialValue = evaluate(trial, trialGradient);
      evaluations++;
      const promised = trial.reduce(
        (sum, ti, i) => sum + (ti - (x[i] ?? 0)) * (gradient[i] ?? 0),
        0,
      );
      if (trialValue <= value + SUFFICIENT * promised && trialGradient.every(Number.isFinite))
        next = { x: trial, gradient: trialGradient, value: trialValue };
      else step *= shrinkage(trialValue - value, promised);
    }
    if (next === null) break;
    remember(pairs, { x, gradient }, next);
    const gain = value - next.value;
    ({ x, gradient, value } = next);
    if (gain <= VALUE_TOLERANCE * Math.max(1, Math.abs(value))) break;
  }
  return { x, value, evaluations };
}

/** A step taken, and by how much the gradient changed along it. */
interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
}

interface Place {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

function remember(pairs: CurvaturePair[], from: Place, to: Place): void {
  const step = to.x.map((xi, i) => xi - (from.x[i] ?? 0));
  const change = to.gradient.map((gi, i) => gi - (from.gradient[i] ?? 0));
  // Without positive curvature along the step the inverse Hessian would not stay positive.
  if (!(dot(step, change) > 1e-10 * norm(step) * norm(change))) return;
  pairs.push({ step, change });
  if (pairs.length > MEMORY) pairs.shift();
}

/** The two-loop recursion, in the free coordinates alone. */
function quasiNewtonDirection(
  steepest: Float64Array,
  pairs: readonly CurvaturePair[],
  free: Float64Array,
): Float64Array {
  const direction = steepest.slice();
  const usable = pairs
    .map(({ step, change }) => ({
      step: step.map((value, i) => value * (free[i] ?? 0)),
      change: change.map((value, i) => value * (free[i] ?? 0)),
    }))
    .map((pair) => ({ ...pair, curvature: dot(pair.step, pair.change) }))
    .filter(({ curvature }) => curvature > 0);
  const newest = usable.at(-1);
  if (newest === undefined) return direction;
  const weights = new Float64Array(usable.length);
  for (let index = usable.length - 1; index >= 0; index--) {
    const { step, change, curvature } = usable[index] ?? newest;
    const weight = dot(step, direction) / curvature;
    weights[index] = weight;
    addScaled(direction, change, -weight);
  }
  const scale = newest.curvature / dot(newest.change, newest.change);
  for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] ?? 0) * scale;
  for (const [index, { step, change, curvature }] of usable.entries())
    addScaled(direction, step, (weights[index] ?? 0) - dot(change, direction) / curvature);
  return direction;
}

/** Where a parabola through the start and the trial has its minimum, between 0.1 and 0.5. */
function shrinkage(increase: number, promised: number): number {
  const best = -promised / (2 * (increase - promised));
  return Number.isFinite(best) ? Math.min(0.5, Math.max(0.1, best)) : 0.1;
}

function addScaled(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + factor * (vector[i] ?? 0);
}

const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

const norm = (vector: Float64Array) => Math.sqrt(dot(vector, vector));
