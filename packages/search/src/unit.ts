import type { Dimension, IntDimension, ParamValue } from "@sweepyard/contract";
import { levelAt, levelCount, levelOf } from "./levels.js";

/**
 * Maps `u` from [0, 1] to a value of `dimension`, as Optuna's random and QMC samplers do.
 * Every level of an int, a stepped float or a categorical gets an equal share; a log dimension
 * is uniform in the logarithm, a log int over log(low - 0.5) .. log(high + 0.5).
 * A continuous range returns its upper end never, its lower end only for u = 0.
 * @see Optuna 5.0, optuna/_transform.py
 */
export function fromUnit(dimension: Dimension, u: number): ParamValue {
  const count = levelCount(dimension);
  if (count === 1) return levelAt(dimension, 0);
  if (dimension.type === "int" && dimension.log) return logInt(dimension, u);
  if (Number.isFinite(count)) {
    const position = u * count;
    const level = dimension.type === "float" ? roundHalfEven(position - 0.5) : Math.floor(position);
    return levelAt(dimension, clamp(level, 0, count - 1));
  }
  if (dimension.type === "categorical") return levelAt(dimension, 0);
  const { low, high, log } = dimension;
  const value = log
    ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)))
    : interpolate(low, high, u);
  return clamp(value, low, nextBelow(high)) + 0; // no -0: JSON has none
}

/**
 * The inverse of `fromUnit`: the middle of the share of [0, 1] that maps to `value`
 * (0.5 for a range of one value). NaN if the dimension does not have the value.
 */
export function toUnit(dimension: Dimension, value: ParamValue): number {
  const count = levelCount(dimension);
  if (Number.isFinite(count)) {
    const level = levelOf(dimension, value);
    if (level < 0) return Number.NaN;
    if (dimension.type !== "int" || !dimension.log || count === 1) return (level + 0.5) / count;
    return share(Math.log(Number(value)), ...logIntBounds(dimension));
  }
  if (dimension.type === "categorical" || typeof value !== "number") return Number.NaN;
  const { low, high, log } = dimension;
  if (!(value >= low && value <= high)) return Number.NaN;
  if (log) return share(Math.log(value), Math.log(low), Math.log(high));
  return Number.isFinite(high - low)
    ? share(value, low, high)
    : share(value / 2, low / 2, high / 2);
}

/** Neighbouring doubles can have the same logarithm. */
const share = (value: number, low: number, high: number) =>
  low === high ? 0.5 : (value - low) / (high - low);

const logIntBounds = ({ low, high }: IntDimension): [number, number] => [
  Math.log(low - 0.5),
  Math.log(high + 0.5),
];

function logInt(dimension: IntDimension, u: number): number {
  const [low, high] = logIntBounds(dimension);
  return clamp(roundHalfEven(Math.exp(low + u * (high - low))), dimension.low, dimension.high);
}

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
