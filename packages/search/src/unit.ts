import type { Dimension, NormalDimension, ParamValue } from "@sweepyard/contract";
import {
  levelAt,
  levelCount,
  levelOf,
  type NumericDimension,
  nearestValue,
  stepsOf,
} from "./levels.js";
import { logNormalMass, truncatedNormalQuantile } from "./truncatedNormal.js";

/**
 * Maps `u` from [0, 1] to a value of `dimension`, as Optuna's random and QMC samplers do.
 * Every level of an int, a stepped float, a categorical or an ordinal gets an equal share; a log
 * dimension is uniform in the logarithm, with steps over log(low - step / 2) .. log(high + step / 2);
 * a normal one is normally distributed.
 * A continuous range returns its upper end never, its lower end only for u = 0.
 * @see Optuna 5.0, optuna/_transform.py
 */
export function fromUnit(dimension: Dimension, u: number): ParamValue {
  const count = levelCount(dimension);
  if (count === 1) return levelAt(dimension, 0);
  switch (dimension.type) {
    case "categorical":
    case "ordinal":
    case "constant":
      return levelAt(dimension, clamp(Math.floor(u * count), 0, count - 1));
    case "normal":
    case "log_normal":
      return fromNormalUnit(dimension, u);
    case "int":
    case "float":
      if (Number.isFinite(count)) return fromSteppedUnit(dimension, count, u);
      return fromContinuousUnit(dimension, u);
  }
}

/**
 * The inverse of `fromUnit`: the middle of the share of [0, 1] that maps to `value`
 * (0.5 for a range of one value). NaN if the dimension does not have the value.
 */
export function toUnit(dimension: Dimension, value: ParamValue): number {
  const count = levelCount(dimension);
  const isNormal = dimension.type === "normal" || dimension.type === "log_normal";
  if (Number.isFinite(count)) {
    const level = levelOf(dimension, value);
    if (level < 0) return Number.NaN;
    if (count === 1) return 0.5;
    if (isNormal) return toNormalUnit(dimension, Number(value));
    if (isLogarithmic(dimension))
      return share(Math.log(Number(value)), ...logStepEnds(dimension, count));
    return (level + 0.5) / count;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return Number.NaN;
  if (isNormal) return toNormalUnit(dimension, value);
  if (dimension.type !== "float" && dimension.type !== "int") return Number.NaN;
  const { low, high, log } = dimension;
  if (!(value >= low && value <= high)) return Number.NaN;
  if (log) return share(Math.log(value), Math.log(low), Math.log(high));
  return Number.isFinite(high - low)
    ? share(value, low, high)
    : share(value / 2, low / 2, high / 2);
}

type RangeDimension = Exclude<NumericDimension, NormalDimension>;

const isLogarithmic = (dimension: Dimension): dimension is RangeDimension =>
  (dimension.type === "int" || dimension.type === "float") && dimension.log;

function fromSteppedUnit(dimension: RangeDimension, count: number, u: number): ParamValue {
  if (dimension.log) {
    const [low, high] = logStepEnds(dimension, count);
    const value = Math.exp(low + u * (high - low));
    const level = roundHalfEven((value - dimension.low) / (dimension.step ?? 1));
    return levelAt(dimension, clamp(level, 0, count - 1));
  }
  const position = u * count;
  const level = dimension.type === "float" ? roundHalfEven(position - 0.5) : Math.floor(position);
  return levelAt(dimension, clamp(level, 0, count - 1));
}

function fromContinuousUnit({ low, high, log }: RangeDimension, u: number): number {
  const value = log
    ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)))
    : interpolate(low, high, u);
  return clamp(value, low, nextBelow(high)) + 0; // no -0: JSON has none
}

/** Logarithms of the outer ends of the lowest and the highest cell; a cell holds no zero. */
export function logStepEnds(dimension: RangeDimension, count: number): [number, number] {
  const step = dimension.step ?? 1;
  const last = Number(levelAt(dimension, count - 1));
  return [Math.log(lowestEdge(dimension.low, step)), Math.log(last + step / 2)];
}

export const lowestEdge = (low: number, step: number) => low - Math.min(step, low) / 2;

const UNIT_EPSILON = 2 ** -53;

/** The tails beyond one part in 2^53 are left out, being without end. */
function fromNormalUnit(dimension: NormalDimension, u: number): number {
  const { mu, sigma, type } = dimension;
  const [a, b] = normalEnds(dimension);
  const z = truncatedNormalQuantile(clamp(u, UNIT_EPSILON, 1 - UNIT_EPSILON), a, b);
  const value = type === "normal" ? mu + sigma * z : Math.exp(mu + sigma * z);
  return nearestValue(dimension, clamp(value, -Number.MAX_VALUE, Number.MAX_VALUE));
}

function toNormalUnit(dimension: NormalDimension, value: number): number {
  const { low, high } = stepsOf(dimension);
  if (!(value >= low && value <= high)) return Number.NaN;
  const [left, right] = normalCell(dimension, value);
  return (left + right) / 2;
}

/** The share of [0, 1] below the cell that `value` stands for, and the share up to its end. */
export function normalCell(dimension: NormalDimension, value: number): [number, number] {
  const half = (dimension.step ?? 0) / 2;
  const [a, b] = normalEnds(dimension);
  const inside = logNormalMass(a, b);
  const below = (edge: number) => {
    const z = clamp(standardise(dimension, edge), a, b);
    if (z === a) return 0; // both may be infinite
    return clamp(Math.exp(logNormalMass(a, z) - inside), 0, 1);
  };
  const left = below(value - half);
  return half === 0 ? [left, left] : [left, below(value + half)];
}

/** Ends in standard deviations from the mean, half a step beyond the last values. */
function normalEnds(dimension: NormalDimension): [number, number] {
  const { low, high, step } = stepsOf(dimension);
  const half = (step ?? 0) / 2;
  return [standardise(dimension, low - half), standardise(dimension, high + half)];
}

function standardise({ type, mu, sigma }: NormalDimension, value: number): number {
  if (type === "normal") return (value - mu) / sigma;
  return value <= 0 ? Number.NEGATIVE_INFINITY : (Math.log(value) - mu) / sigma;
}

/** Neighbouring doubles can have the same logarithm. */
const share = (value: number, low: number, high: number) =>
  low === high ? 0.5 : (value - low) / (high - low);

/** `high - low` of a range that spans most of the doubles is infinite. */
function interpolate(low: number, high: number, u: number): number {
  const span = high - low;
  return Number.isFinite(span) ? low + u * span : low * (1 - u) + high * u;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Rounds to the nearest integer, halves to the even one, as IEEE 754 and NumPy's rint do. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  if (fraction !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The largest double below `value`. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? -1n : 1n);
  return new Float64Array(bits.buffer)[0] ?? value;
}
