import type { Dimension, ParamValue } from "@sweepyard/contract";
import { levelAt, levelCount } from "./levels.js";

/**
 * A dimension as a Parzen estimator sees it. A param's *code* is the number itself, or the index
 * of a choice; kernels lie on the *axis*, which is the logarithm for a log dimension.
 */
export type ParzenAxis = NumericAxis | CategoricalAxis;

export interface CategoricalAxis {
  readonly kind: "categorical";
  readonly choices: number;
}

export interface NumericAxis {
  readonly kind: "numeric";
  /** Ends on the axis; an int or a stepped float is widened by half a step at both. */
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
  if (dimension.type === "categorical") return { kind: "categorical", choices: count };
  const discrete = Number.isFinite(count);
  const axis = discrete ? discreteAxis(dimension, count) : continuousAxis(dimension);
  return axis.high > axis.low ? axis : null;
}

type Numeric = Exclude<Dimension, { type: "categorical" }>;

function continuousAxis({ low, high, log }: Numeric): NumericAxis {
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

function discreteAxis(dimension: Numeric, count: number): NumericAxis {
  const step = dimension.step ?? 1;
  const toAxis = dimension.log ? Math.log : (code: number) => code;
  const fromAxis = (place: number) => {
    const code = dimension.log ? Math.exp(place) : place;
    const level = Math.round((code - dimension.low) / step);
    return Number(levelAt(dimension, Math.min(count - 1, Math.max(0, level))));
  };
  const last = Number(levelAt(dimension, count - 1));
  return {
    kind: "numeric",
    low: toAxis(dimension.low - step / 2),
    high: toAxis(last + step / 2),
    discrete: true,
    toAxis,
    cell: (code) => [toAxis(code - step / 2), toAxis(code + step / 2)],
    fromAxis,
  };
}

/** The code of a param, or NaN if the dimension does not have the value (any longer). */
export function toCode(dimension: Dimension, value: ParamValue | undefined): number {
  if (dimension.type === "categorical") {
    const index = value === undefined ? -1 : dimension.choices.indexOf(value);
    return index < 0 ? Number.NaN : index;
  }
  if (typeof value !== "number" || !(value >= dimension.low && value <= dimension.high))
    return Number.NaN;
  return value;
}

export const fromCode = (dimension: Dimension, code: number): ParamValue =>
  dimension.type === "categorical" ? (dimension.choices[code] ?? null) : code;
