import type { Dimension, NormalDimension, ParamValue } from "@sweepyard/contract";
import { isNumeric, levelAt, levelCount, levelOf, type NumericDimension } from "./levels.js";
import { fromUnit, lowestEdge, normalCell, toUnit } from "./unit.js";

/**
 * A dimension as a Parzen estimator sees it. A param's *code* is the number itself, or the index
 * of a choice; kernels lie on the *axis*, which is the logarithm for a log dimension, and for a
 * normal one the share of the distribution below the value.
 */
export type ParzenAxis = NumericAxis | CategoricalAxis;

export interface CategoricalAxis {
  readonly kind: "categorical";
  readonly choices: number;
}

export interface NumericAxis {
  readonly kind: "numeric";
  /** Ends on the axis; what has steps is widened by half a step at both. */
  readonly low: number;
  readonly high: number;
  /** Whether values have cells with a mass; otherwise points with a density. */
  readonly discrete: boolean;
  toAxis(code: number): number;
  /** Ends on the axis of the cell that a discrete value stands for. */
  cell(code: number): [number, number];
  /** The dimension's value nearest to a place on the axis. */
  fromAxis(place: number): number;
}

/** Null for a dimension with one value, or with a range too narrow for doubles. */
export function createParzenAxis(dimension: Dimension): ParzenAxis | null {
  const count = levelCount(dimension);
  if (count === 1) return null;
  const axis = createAxis(dimension, count);
  return axis === null || axis.kind === "categorical" || axis.high > axis.low ? axis : null;
}

function createAxis(dimension: Dimension, count: number): ParzenAxis | null {
  switch (dimension.type) {
    case "constant":
      return null;
    case "categorical":
      return { kind: "categorical", choices: count };
    case "ordinal":
      return steppedAxis({ low: 0, step: 1, log: false }, count, (level) => level);
    case "normal":
    case "log_normal":
      return normalAxis(dimension);
    case "int":
    case "float": {
      if (!Number.isFinite(count)) return continuousAxis(dimension);
      const { low, log, step = 1 } = dimension;
      return steppedAxis({ low, log, step }, count, (level) => Number(levelAt(dimension, level)));
    }
  }
}

type RangeDimension = Exclude<NumericDimension, NormalDimension>;

function continuousAxis({ low, high, log }: RangeDimension): NumericAxis {
  // A range of most of the doubles has an infinite width; a quarter of it has not.
  const scale = Number.isFinite(high - low) ? 1 : 0.25;
  const toAxis = log ? Math.log : (code: number) => code * scale;
  const clamp = (code: number) => Math.min(high, Math.max(low, code)) + 0;
  return {
    kind: "numeric",
    low: toAxis(low),
    high: toAxis(high),
    discrete: false,
    toAxis,
    cell: (code) => [toAxis(code), toAxis(code)],
    fromAxis: log ? (place) => clamp(Math.exp(place)) : (place) => clamp(place / scale),
  };
}

interface Steps {
  readonly low: number;
  readonly step: number;
  readonly log: boolean;
}

function steppedAxis(
  { low, step, log }: Steps,
  count: number,
  valueAt: (level: number) => number,
): NumericAxis {
  const toAxis = log ? Math.log : (code: number) => code;
  const bottom = log ? lowestEdge(low, step) : low - step / 2;
  return {
    kind: "numeric",
    low: toAxis(bottom),
    high: toAxis(valueAt(count - 1) + step / 2),
    discrete: true,
    toAxis,
    cell: (code) => [toAxis(Math.max(bottom, code - step / 2)), toAxis(code + step / 2)],
    fromAxis(place) {
      const code = log ? Math.exp(place) : place;
      const level = Math.round((code - low) / step);
      return valueAt(Math.min(count - 1, Math.max(0, level)));
    },
  };
}

/** On an axis of shares the prior of a normal dimension is as flat as that of any other. */
const normalAxis = (dimension: NormalDimension): NumericAxis => ({
  kind: "numeric",
  low: 0,
  high: 1,
  discrete: dimension.step !== undefined,
  toAxis: (code) => toUnit(dimension, code),
  cell: (code) => normalCell(dimension, code),
  fromAxis: (place) => Number(fromUnit(dimension, place)),
});

/** The code of a param, or NaN if the dimension does not have the value (any longer). */
export function toCode(dimension: Dimension, value: ParamValue | undefined): number {
  if (!isNumeric(dimension)) {
    const index = levelOf(dimension, value);
    return index < 0 ? Number.NaN : index;
  }
  if (typeof value !== "number") return Number.NaN;
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = dimension;
  const isInside = value >= low && value <= high && (dimension.type !== "log_normal" || value >= 0);
  return isInside && Number.isFinite(value) ? value : Number.NaN;
}

export const fromCode = (dimension: Dimension, code: number): ParamValue =>
  isNumeric(dimension) ? code : levelAt(dimension, code);
