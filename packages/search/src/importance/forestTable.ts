import type { Dimension, Params, ParamValue, Space } from "@sweepyard/contract";
import { levelAt, levelCount, levelOf } from "../levels.js";
import { toUnit } from "../unit.js";
import type { FiniteRun } from "./finiteRuns.js";

/**
 * What counts as much of a dimension. `raw`: equal parts of a range are alike, also of a log one,
 * so that most of that lies in its last decade, and choices are corners of a cube, as in Optuna's
 * fANOVA. `search`: alike is what random search draws as often: a log range counts by its
 * logarithm, and choices count the same.
 */
export type ImportanceAxis = "raw" | "search";

/** A dimension as one column of numbers, or as a column of 0 and 1 for each choice. */
export interface ForestDimension {
  readonly name: string;
  readonly dimension: Dimension;
  /** Its first column, and how many. */
  readonly column: number;
  readonly columns: number;
  /**
   * `number`: one column. `cube`: every corner of its 0-1 columns counts, those of no choice and
   * of several too. `choices`: only the corners that are choices count.
   */
  readonly kind: "number" | "cube" | "choices";
  /** Of a number's column; 0 and 1 of the others. */
  readonly low: number;
  readonly high: number;
}

/** Runs as the rows that trees split. */
export interface ForestTable {
  readonly dimensions: readonly ForestDimension[];
  /** [columns][rows] */
  readonly columns: readonly Float64Array[];
  /** Row numbers by ascending value of each column. [columns][rows] */
  readonly orders: readonly Int32Array[];
  /** Mean 0, largest magnitude 1. [rows] */
  readonly targets: Float64Array;
  /** What a target, or a mean of targets, is in the objective's unit. */
  toValue(target: number): number;
  /** What a deviation of targets is in the objective's unit. */
  toDeviation(deviation: number): number;
}

/** A cube's corners are gone through one by one; with more choices than this it is a list. */
const MOST_CUBE_COLUMNS = 10;

/**
 * @param names dimensions that every run has
 */
export function createForestTable(
  space: Space,
  names: readonly string[],
  runs: readonly FiniteRun[],
  axis: ImportanceAxis,
): ForestTable {
  const dimensions: ForestDimension[] = [];
  const columns: Float64Array[] = [];
  for (const name of names) {
    const dimension = space[name];
    if (dimension === undefined || levelCount(dimension) === 1) continue;
    const own = toColumns(dimension, name, runs, axis);
    const [low, high] = columnEnds(dimension, axis);
    const kind = dimension.type !== "categorical" ? "number" : kindOf(own.length, axis);
    dimensions.push({
      name,
      dimension,
      column: columns.length,
      columns: own.length,
      kind,
      low,
      high,
    });
    columns.push(...own);
  }
  const orders = columns.map((column) =>
    Int32Array.from(column.keys()).sort((a, b) => (column[a] ?? 0) - (column[b] ?? 0) || a - b),
  );
  return { dimensions, columns, orders, ...centre(runs) };
}

const kindOf = (choices: number, axis: ImportanceAxis) =>
  axis === "raw" && choices <= MOST_CUBE_COLUMNS ? "cube" : "choices";

function toColumns(
  dimension: Dimension,
  name: string,
  runs: readonly FiniteRun[],
  axis: ImportanceAxis,
): Float64Array[] {
  if (dimension.type !== "categorical")
    return [Float64Array.from(runs, ({ params }) => coordinateOf(dimension, params, name, axis))];
  const levels = runs.map(({ params }) => levelOf(dimension, params[name]));
  return dimension.choices.map((_, choice) =>
    Float64Array.from(levels, (level) => Number(level === choice)),
  );
}

const coordinateOf = (
  dimension: Dimension,
  params: Params,
  name: string,
  axis: ImportanceAxis,
): number => toCoordinate(dimension, params[name] ?? null, axis);

/** Where a value of a dimension that is no list of choices lies in its column. */
export function toCoordinate(
  dimension: Dimension,
  value: ParamValue,
  axis: ImportanceAxis,
): number {
  if (axis === "search") return toUnit(dimension, value);
  switch (dimension.type) {
    case "float":
    case "int":
      return Number(value);
    case "ordinal":
    case "categorical":
    case "constant":
      return levelOf(dimension, value);
    case "normal":
    case "log_normal":
      return toUnit(dimension, value); // no ends to share a range between
  }
}

function columnEnds(dimension: Dimension, axis: ImportanceAxis): [number, number] {
  if (axis === "search") return [0, 1];
  switch (dimension.type) {
    case "float":
    case "int": {
      const count = levelCount(dimension);
      const last = Number.isFinite(count) ? Number(levelAt(dimension, count - 1)) : dimension.high;
      return [dimension.low, last];
    }
    case "ordinal":
      return [0, levelCount(dimension) - 1];
    case "categorical":
    case "constant":
    case "normal":
    case "log_normal":
      return [0, 1];
  }
}

/** In units of the largest magnitude, so that no square overflows. */
function centre(runs: readonly FiniteRun[]) {
  const scale = runs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0) || 1;
  const mean = runs.reduce((sum, { value }) => sum + value / scale, 0) / Math.max(1, runs.length);
  const targets = Float64Array.from(runs, ({ value }) => value / scale - mean);
  const unit = targets.reduce((most, target) => Math.max(most, Math.abs(target)), 0) || 1;
  return {
    targets: targets.map((target) => target / unit),
    toValue: (target: number) => (target * unit + mean) * scale,
    toDeviation: (deviation: number) => deviation * unit * scale,
  };
}
