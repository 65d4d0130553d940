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

export interface OutputsPlot extends ResidualPlot {
  /** Of `points` those whose outputs are farthest off; they may lie outside of the sample. */
  readonly farthest: readonly Point[];
}

/** Output against target on a common scale: the report's sample of rows, and the farthest off. */
export function prepareOutputs(report: RegressionReport, target: number): OutputsPlot | null {
  const name = report.perTarget[target]?.name ?? "";
  const worst = report.worst.filter((row) => row.target === target);
  const rows = [...sampledRows(report, target), ...worst];
  const values = rows.flatMap(({ actual, predicted }) => [actual, predicted]);
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const byRow = new Map(rows.map((row) => [row.row, row]));
  const sampled = byRow.size - worst.length;
  const what = `the ${formatCount(worst.length)} with the largest residuals${sampled > 0 ? ` and ${formatCount(sampled)} others` : ""}`;
  return {
    x: linearAxis(`target ${name}`, low, high),
    y: linearAxis("output", low, high),
    points: [...byRow.values()].map(({ actual, predicted }) => [actual, predicted]),
    farthest: worst.map(({ actual, predicted }) => [actual, predicted]),
    summary: `Output against target ${name} for ${what} of ${formatCount(report.samples)} test rows; on the dashes an output would be right.`,
    table: {
      name: `outputs of ${name}`,
      columns: ["row", "target", "output", "residual"],
      rows: [...byRow.values()].map(({ row, actual, predicted }) => [
        row,
        actual,
        predicted,
        actual - predicted,
      ]),
    },
  };
}

/** Those whose target and output are numbers. */
function sampledRows({ sample }: RegressionReport, target: number) {
  return (sample?.rows ?? []).flatMap((row, index) => {
    const actual = sample?.actual[target]?.[index] ?? null;
    const predicted = sample?.predicted[target]?.[index] ?? null;
    return actual === null || predicted === null ? [] : [{ row, actual, predicted }];
  });
}
