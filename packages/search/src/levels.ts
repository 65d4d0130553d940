import type { Dimension, FloatDimension, ParamValue } from "@sweepyard/contract";

/**
 * The values that a dimension can take, counted from 0 in ascending order (choices: as listed).
 * Infinity for a float without step, unless its range is a single number, and for a step too
 * fine to count in doubles.
 */
export function levelCount(dimension: Dimension): number {
  if (dimension.type === "categorical") return dimension.choices.length;
  if (dimension.low === dimension.high) return 1;
  if (dimension.type === "int")
    return Math.floor((dimension.high - dimension.low) / dimension.step) + 1;
  return dimension.step === undefined ? Number.POSITIVE_INFINITY : floatLevels(dimension);
}

/** (0.3 - 0) / 0.1 is 2.9999999999999996: a quotient this near an integer means that integer. */
function floatLevels({ low, high, step = Number.NaN }: FloatDimension): number {
  const quotient = (high - low) / step;
  if (!(quotient < Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY;
  const nearest = Math.round(quotient);
  const whole = Math.abs(quotient - nearest) <= 1e-9 * Math.max(1, nearest);
  return (whole ? nearest : Math.floor(quotient)) + 1;
}

/** Value number `level` of a dimension with countable values; the inverse of `levelOf`. */
export function levelAt(dimension: Dimension, level: number): ParamValue {
  if (dimension.type === "categorical") return dimension.choices[level] ?? null;
  if (level === 0 || dimension.step === undefined) return dimension.low + 0; // no -0: JSON has none
  const value = dimension.low + level * dimension.step;
  if (dimension.type === "int") return Math.min(dimension.high, value);
  // 15 digits turn 0.1 + 2 * 0.1 into 0.3, as a person would write it.
  return Math.min(dimension.high, Number(value.toPrecision(15)));
}

/** Which level `value` is, or -1 if the dimension does not have it. */
export function levelOf(dimension: Dimension, value: ParamValue | undefined): number {
  if (value === undefined) return -1;
  if (dimension.type === "categorical") return dimension.choices.indexOf(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return -1;
  const count = levelCount(dimension);
  if (!Number.isFinite(count)) return -1;
  const level = count === 1 ? 0 : Math.round((value - dimension.low) / (dimension.step ?? 1));
  if (level < 0 || level >= count) return -1;
  const exact = Number(levelAt(dimension, level));
  if (dimension.type === "int") return value === exact ? level : -1;
  const tolerance = 1e-9 * (dimension.step ?? 0); // other people's 0.30000000000000004
  return Math.abs(value - exact) <= tolerance ? level : -1;
}
