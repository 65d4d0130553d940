import type { RunState } from "@sweepyard/contract";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";
import type { CurveRun } from "./prepareLearningCurves.js";
import { ascending, quantile } from "./quantile.js";

export interface HistoryPoint {
  readonly runId: string;
  readonly number: number;
  readonly label: string;
  readonly detail: string;
  readonly state: RunState;
  readonly value: number;
  /** Where it is drawn: at the axis' edge if its value lies beyond. */
  readonly at: Point;
  readonly beyond: boolean;
}

export interface History {
  readonly points: readonly HistoryPoint[];
  /** Corners of the best-so-far line, a staircase over completed runs. */
  readonly bestSoFar: readonly Point[];
  readonly x: Axis;
  readonly y: Axis;
  readonly outside: number;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface HistoryInput {
  readonly runs: readonly CurveRun[];
  readonly metric: string;
  readonly maximize: boolean;
  readonly fullRange: boolean;
  /** Runs there are, or will be: the axis reaches there from the start and does not grow. */
  readonly total: number;
}

/** The objective of each run in the order they were chosen, and the best of those completed. */
export function prepareHistory(input: HistoryInput): History | null {
  const { metric, maximize } = input;
  const measured = input.runs
    .filter((run) => run.objective !== null && Number.isFinite(run.objective))
    .map((run) => ({ ...run, objective: run.objective as number }))
    .sort((a, b) => a.number - b.number);
  if (measured.length === 0) return null;

  const sorted = ascending(measured.map((run) => run.objective));
  const [low, high] = shownRange(sorted, input);
  const lastNumber = Math.max(measured.at(-1)?.number ?? 1, input.total);
  const x = stepAxis("run number", 1, lastNumber, { count: 8, margin: lastNumber / 60 });
  const y = linearAxis(metric, low, high);

  const points = measured.map((run): HistoryPoint => {
    const clipped = Math.min(y.max, Math.max(y.min, run.objective));
    return {
      runId: run.id,
      number: run.number,
      label: run.name,
      detail: run.detail,
      state: run.state,
      value: run.objective,
      at: [run.number, clipped],
      beyond: clipped !== run.objective,
    };
  });

  const bestSoFar: Point[] = [];
  let best: number | null = null;
  let improvements = 0;
  let improvedAt = 0;
  for (const run of measured) {
    if (run.state !== "completed") continue;
    if (best !== null && (maximize ? run.objective <= best : run.objective >= best)) continue;
    if (best !== null) bestSoFar.push([run.number, Math.min(y.max, Math.max(y.min, best))]);
    best = run.objective;
    improvements++;
    improvedAt = run.number;
    bestSoFar.push([run.number, Math.min(y.max, Math.max(y.min, best))]);
  }
  const corner = bestSoFar.at(-1);
  if (corner !== undefined && corner[0] < lastNumber)
    bestSoFar.push([measured.at(-1)?.number ?? corner[0], corner[1]]);

  const scope =
    measured.length === input.total
      ? `all ${formatCount(input.total)} runs`
      : `${formatCount(measured.length)} of ${formatCount(input.total)} runs`;
  return {
    points,
    bestSoFar,
    x,
    y,
    outside: points.filter((point) => point.beyond).length,
    scope,
    summary:
      best === null
        ? `${metric} by run number, ${scope}. No run has completed yet.`
        : `${metric} by run number, ${scope}. Best so far ${formatMetric(best)}, reached by run ${improvedAt} after ${improvements} improvements.`,
    table: {
      name: `${metric} by run`,
      columns: ["run", "name", "state", metric],
      rows: measured.map((run) => [run.number, run.name, run.state, run.objective]),
    },
  };
}

/** The worst values may lie beyond the axis: they are drawn at its edge. */
function shownRange(sorted: readonly number[], input: HistoryInput): [number, number] {
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 1;
  if (input.fullRange || sorted.length < 5) return [min, max];
  const q1 = quantile(sorted, 0.25) ?? min;
  const q3 = quantile(sorted, 0.75) ?? max;
  const reach = 2 * (q3 - q1); // Tukey's fence is 1.5; a search has a longer bad tail
  return input.maximize ? [Math.max(min, q1 - reach), max] : [min, Math.min(max, q3 + reach)];
}
