import type { ParamValue } from "@sweepyard/contract";
import { dimensionGrid } from "./dimensionGrid.js";
import { type FiniteRun, finiteRuns, type ImportanceTask, thinOut } from "./finiteRuns.js";
import { createForestTable, type ForestTable, toCoordinate } from "./forestTable.js";
import { type ForestOptions, growForest } from "./growForest.js";
import { pointAxis } from "./marginalAxis.js";
import { marginalOf } from "./marginals.js";
import { regimesOf } from "./regimes.js";
import { leavesOf } from "./treeLeaves.js";

export interface SurrogateOptions extends ForestOptions {
  /** Values along an axis at most. */
  readonly points?: number;
  /** At most so many runs, spread evenly over all; absent: all. */
  readonly max_runs?: number;
}

/** An axis of what a surrogate predicts. */
export interface SurrogateAxis {
  readonly name: string;
  readonly scale: "linear" | "log" | "choices";
  readonly values: readonly ParamValue[];
}

/** What the objective is expected to be along one dimension. */
export interface PartialDependence extends SurrogateAxis {
  /** For each value, over everything that the other params may be; in the objective's unit. */
  readonly mean: readonly number[];
  /** Standard deviation over the trees: wide where runs are few or contradict each other. */
  readonly spread: readonly number[];
  readonly runs: number;
}

/**
 * How the objective depends on each dimension by itself: the mean of a random forest over all other
 * dimensions, as random search would draw them, exactly. A conditional dimension by the runs that
 * have it; one of a single value, or that fewer than 10 runs have, is left out.
 * @param options.points 50 by default
 * @see Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics
 *   29 (2001), §8.2
 */
export function partialDependence(
  task: ImportanceTask,
  { points = 50, max_runs = Number.POSITIVE_INFINITY, ...options }: SurrogateOptions = {},
): PartialDependence[] {
  return regimesOf(task.space, finiteRuns(task)).flatMap(({ runs: all, names, judged }) => {
    const runs = thinOut(all, max_runs);
    const table = createForestTable(task.space, names, runs, "search");
    const axes = judged.flatMap((name) => toPointAxis(table, name, points) ?? []);
    const predicted = predict(
      table,
      axes.map((axis) => [axis]),
      options,
    );
    return axes.map(
      ({ axis }, index): PartialDependence => ({
        ...axis,
        ...(predicted[index] ?? { mean: [], spread: [] }),
        runs: runs.length,
      }),
    );
  });
}

/** What the objective is expected to be over the plane of two dimensions. */
export interface Surrogate {
  readonly x: SurrogateAxis;
  readonly y: SurrogateAxis;
  /** One row for each value of y, of one number for each value of x; as in PartialDependence. */
  readonly mean: readonly (readonly number[])[];
  readonly spread: readonly (readonly number[])[];
  readonly runs: number;
}

/**
 * The objective over two dimensions, for a contour plot: as `partialDependence`, by the runs that
 * have both. Null if fewer than 10 runs do, or a dimension has a single value.
 * @param options.points 32 by default, along either axis
 */
export function surrogate(
  task: ImportanceTask,
  [x, y]: readonly [string, string],
  { points = 32, max_runs = Number.POSITIVE_INFINITY, ...options }: SurrogateOptions = {},
): Surrogate | null {
  const having = finiteRuns(task).filter(({ params }) => hasAll(params, [x, y]));
  const runs = thinOut(having, max_runs);
  const regime = regimesOf(task.space, runs).find((each) => each.runs.length === runs.length);
  if (regime === undefined || runs.length < 10) return null;
  const table = createForestTable(task.space, regime.names, runs, "search");
  const [xAxis, yAxis] = [x, y].map((name) => toPointAxis(table, name, points));
  if (!xAxis || !yAxis) return null;
  const [predicted] = predict(table, [[yAxis, xAxis]], options);
  const width = xAxis.axis.values.length;
  const toRows = (cells: readonly number[] = []) =>
    yAxis.axis.values.map((_, row) => cells.slice(row * width, (row + 1) * width));
  return {
    x: xAxis.axis,
    y: yAxis.axis,
    mean: toRows(predicted?.mean),
    spread: toRows(predicted?.spread),
    runs: runs.length,
  };
}

const hasAll = (params: FiniteRun["params"], names: readonly string[]) =>
  names.every((name) => Object.hasOwn(params, name));

interface PointAxis {
  readonly axis: SurrogateAxis;
  readonly position: number;
  /** Where the values lie in the dimension's column. */
  readonly coordinates: Float64Array;
}

function toPointAxis(table: ForestTable, name: string, points: number): PointAxis | null {
  const position = table.dimensions.findIndex((each) => each.name === name);
  const dimension = table.dimensions[position]?.dimension;
  if (dimension === undefined) return null;
  const { scale, values } = dimensionGrid(dimension, points);
  const coordinates = Float64Array.from(values, (value) =>
    toCoordinate(dimension, value, "search"),
  );
  return { axis: { name, scale, values }, position, coordinates };
}

/** Mean and spread over the trees of each marginal, cell by cell. */
function predict(
  table: ForestTable,
  marginals: readonly (readonly [PointAxis, PointAxis?])[],
  options: ForestOptions,
): { mean: number[]; spread: number[] }[] {
  const sums = marginals.map(([first, second]) => {
    const cells = first.axis.values.length * (second?.axis.values.length ?? 1);
    return { sum: new Float64Array(cells), squares: new Float64Array(cells) };
  });
  let trees = 0;
  if (table.dimensions.length > 0)
    for (const tree of growForest(table, options)) {
      const leaves = leavesOf(tree, table);
      trees++;
      for (const [index, axes] of marginals.entries()) {
        const [axis, other] = axes.map(
          (each) => each && pointAxis(table.dimensions, each.position, each.coordinates),
        );
        const into = sums[index];
        if (!axis || other === null || into === undefined) continue;
        for (const [cell, mean] of marginalOf(leaves, axis, other).entries()) {
          into.sum[cell] = (into.sum[cell] ?? 0) + mean;
          into.squares[cell] = (into.squares[cell] ?? 0) + mean * mean;
        }
      }
    }
  return sums.map(({ sum, squares }) => ({
    mean: Array.from(sum, (total) => table.toValue(total / trees)),
    spread: Array.from(sum, (total, cell) => {
      const variance = (squares[cell] ?? 0) / trees - (total / trees) ** 2;
      return table.toDeviation(Math.sqrt(Math.max(0, variance)));
    }),
  }));
}
