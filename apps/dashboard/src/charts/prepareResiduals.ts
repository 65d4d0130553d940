import type { RegressionReport } from "@sweepyard/contract";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";

export interface ResidualPlot {
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly Point[];
  readonly summary: string;
  readonly table: ChartTable;
}

/** How residuals of one target spread: the share of test rows at or below each. */
export function prepareResiduals(report: RegressionReport, target: number): ResidualPlot | null {
  const { name = "", residuals = [] } = report.perTarget[target] ?? {};
  const [first, last] = [residuals[0], residuals.at(-1)];
  if (first === undefined || last === undefined) return null;
  const median = residuals.find(({ quantile }) => quantile === 0.5);
  return {
    x: linearAxis(`residual of ${name}`, Math.min(first.value, 0), Math.max(last.value, 0)),
    y: linearAxis("share of rows at or below", 0, 1),
    points: residuals.map(({ quantile, value }) => [value, quantile]),
    summary: `Residuals of ${name} over ${formatCount(report.samples)} test rows, from ${formatMetric(first.value)} to ${formatMetric(last.value)}${median === undefined ? "" : `; half of them are at ${formatMetric(median.value)} or below`}.`,
    table: {
      name: `residuals of ${name}`,
      columns: ["share of rows at or below", "residual"],
      rows: residuals.map(({ quantile, value }) => [quantile, value]),
    },
  };
}

/** The rows whose outputs are farthest off: output against target, on a common scale. */
export function prepareFarthest(report: RegressionReport, target: number): ResidualPlot | null {
  const name = report.perTarget[target]?.name ?? "";
  const rows = report.worst.filter((row) => row.target === target);
  const values = rows.flatMap(({ actual, predicted }) => [actual, predicted]);
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    x: linearAxis(`target ${name}`, low, high),
    y: linearAxis("output", low, high),
    points: rows.map(({ actual, predicted }) => [actual, predicted]),
    summary: `Output against target ${name} for the ${formatCount(rows.length)} test rows with the largest residuals; on the dashes an output would be right.`,
    table: {
      name: `largest residuals of ${name}`,
      columns: ["row", "target", "output", "residual"],
      rows: rows.map(({ row, actual, predicted }) => [row, actual, predicted, actual - predicted]),
    },
  };
}
