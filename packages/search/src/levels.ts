import {
  type Dimension,
  type FloatDimension,
  type IntDimension,
  isSameParam,
  type NormalDimension,
  type ParamValue,
  paramKey,
  type Space,
} from "@sweepyard/contract";

/**
 * The values that a dimension can take, counted from 0 in ascending order (choices: as listed).
 * Infinity for what has no step, unless its range is a single number, for a step too fine to
 * count in doubles, and for a stepped normal dimension without an end.
 */
export function levelCount(dimension: Dimension): number {
  switch (dimension.type) {
    case "categorical":
    case "ordinal":
      return dimension.choices.length;
    case "constant":
      return 1;
    case "int":
      return Math.floor((dimension.high - dimension.low) / dimension.step) + 1;
    case "float":
    case "normal":
    case "log_normal": {
      const { low, high, step } = stepsOf(dimension);
      if (low === high) return 1;
      return step === null ? Number.POSITIVE_INFINITY : stepsBetween(low, high, step) + 1;
    }
  }
}

/** Combinations of values at most: conditions and constraints are left out of account. */
export const cellCount = (space: Space): number =>
  Object.values(space).reduce((product, dimension) => product * levelCount(dimension), 1);

/** Value number `level` of a dimension with countable values; the inverse of `levelOf`. */
export function levelAt(dimension: Dimension, level: number): ParamValue {
  switch (dimension.type) {
    case "categorical":
    case "ordinal":
      return dimension.choices[level] ?? null;
    case "constant":
      return dimension.value;
    case "int":
      return Math.min(dimension.high, dimension.low + level * dimension.step) + 0;
    case "float":
    case "normal":
    case "log_normal": {
      const { low, high, step } = stepsOf(dimension);
      if (level === 0 || step === null) return low + 0; // no -0: JSON has none
      // 15 digits turn 0.1 + 2 * 0.1 into 0.3, as a person would write it.
      return Math.min(high, Number((low + level * step).toPrecision(15))) + 0;
    }
  }
}

/** Which level `value` is, or -1 if the dimension does not have it. */
export function levelOf(dimension: Dimension, value: ParamValue | undefined): number {
  if (value === undefined) return -1;
  switch (dimension.type) {
    case "categorical":
    case "ordinal":
      return choiceIndex(dimension.choices, value);
    case "constant":
      return isSameParam(dimension.value, value) ? 0 : -1;
    case "int":
    case "float":
    case "normal":
    case "log_normal": {
      const count = levelCount(dimension);
      if (typeof value !== "number" || !Number.isFinite(count)) return -1;
      const { low, step } = stepsOf(dimension);
      const level = count === 1 ? 0 : Math.round((value - low) / (step ?? 1));
      if (!(level >= 0 && level < count)) return -1;
      const exact = Number(levelAt(dimension, level));
      if (dimension.type === "int") return value === exact ? level : -1;
      const tolerance = 1e-9 * (step ?? 0); // other people's 0.30000000000000004
      return Math.abs(value - exact) <= tolerance ? level : -1;
    }
  }
}

/** The value of a numeric dimension that is nearest to `value`, which may lie outside. */
export function nearestValue(dimension: NumericDimension, value: number): number {
  const { low, high, step } = stepsOf(dimension);
  const inside = Math.min(high, Math.max(low, value));
  if (step === null) return inside + 0; // no -0: JSON has none
  const count = levelCount(dimension);
  // A stepped normal dimension without a lower end counts from 0.
  if (!Number.isFinite(low)) return Number((Math.round(inside / step) * step).toPrecision(15)) + 0;
  const level = Math.round((inside - low) / step);
  return Number(levelAt(dimension, Math.min(count - 1, level)));
}

export type NumericDimension = FloatDimension | IntDimension | NormalDimension;

export const isNumeric = (dimension: Dimension): dimension is NumericDimension =>
  dimension.type === "float" ||
  dimension.type === "int" ||
  dimension.type === "normal" ||
  dimension.type === "log_normal";

interface Steps {
  /** Lowest and highest value; infinite where there is no end. */
  readonly low: number;
  readonly high: number;
  /** Values lie at low + k * step; null: anywhere. */
  readonly step: number | null;
}

export function stepsOf(dimension: NumericDimension): Steps {
  switch (dimension.type) {
    case "int":
      return dimension;
    case "float":
      return { low: dimension.low, high: dimension.high, step: dimension.step ?? null };
    case "normal":
    case "log_normal": {
      const { type, step = null } = dimension;
      // exp() of a finite number can be 0, which has no logarithm.
      const lowest = type === "normal" ? Number.NEGATIVE_INFINITY : step === null ? MIN_NORMAL : 0;
      const low = Math.max(lowest, dimension.low ?? lowest);
      const high = dimension.high ?? Number.POSITIVE_INFINITY;
      if (step === null) return { low, high, step };
      return { low: ceilTo(low, step), high: -ceilTo(-high, step), step };
    }
  }
}

/** The smallest double of full precision. */
const MIN_NORMAL = 2.2250738585072014e-308;

const ceilTo = (value: number, step: number): number =>
  Number.isFinite(value)
    ? Number((Math.ceil(value / step - 1e-9) * step).toPrecision(15)) + 0
    : value;

/** (0.3 - 0) / 0.1 is 2.9999999999999996: a quotient this near an integer means that integer. */
export function stepsBetween(low: number, high: number, step: number): number {
  const quotient = (high - low) / step;
  if (!(quotient < Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY;
  const nearest = Math.round(quotient);
  const whole = Math.abs(quotient - nearest) <= 1e-9 * Math.max(1, nearest);
  return whole ? nearest : Math.floor(quotient);
}

/** Long lists, and those of lists and objects, are looked up by key. */
const indexes = new WeakMap<readonly ParamValue[], Map<string, number>>();

function choiceIndex(choices: readonly ParamValue[], value: ParamValue): number {
  if (choices.length <= 8 && (typeof value !== "object" || value === null))
    return choices.indexOf(value);
  let index = indexes.get(choices);
  if (index === undefined) {
    index = new Map(choices.map((choice, position) => [paramKey(choice), position]));
    indexes.set(choices, index);
  }
  return index.get(paramKey(value)) ?? -1;
}
