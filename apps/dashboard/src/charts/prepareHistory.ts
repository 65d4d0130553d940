import { RunState } from "@sweepyard/contract";
import type { Mask } from "../board/matchRuns.js";
import { labelAt, type RunSet, stateAt } from "../board/runSet.js";
import { formatMetric } from "../format/formatNumber.js";
import { type Axis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";
import { objectiveAxis } from "./objectiveAxis.js";
import { nearestPoint, type RunPoints } from "./runPoints.js";
import { shareOf } from "./shareOf.js";

/** Runs of one state as points [x, y, x, y…], and which run of the set each is. */
export interface HistoryGroup extends RunPoints {
  /** Null: runs that the selection leaves out, whatever their state. */
  readonly state: RunState | null;
}

export interface History {
  readonly groups: readonly HistoryGroup[];
  /** Corners of the best-so-far line, a staircase over completed runs. */
  readonly bestSoFar: readonly Point[];
  readonly x: Axis;
  readonly y: Axis;
  /** Runs drawn at the axis' edge, since their value lies beyond. */
  readonly outside: number;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface HistoryInput {
  readonly set: RunSet;
  /** Which runs the selection leaves; null: all. */
  readonly mask: Mask | null;
  readonly metric: string;
  readonly maximize: boolean;
  readonly fullRange: boolean;
  /** Runs there are, or will be: the axis reaches there from the start and does not grow. */
  readonly total: number;
}

/** The objective of each run in the order they were chosen, and the best of those completed. */
export function prepareHistory(input: HistoryInput): History | null {
  const { set, mask, metric, maximize } = input;
  const shown = set.objectives.map((value, index) =>
    set.excluded[index] === 1 ? Number.NaN : value,
  );
  const y = objectiveAxis(metric, shown, { maximize, full: input.fullRange });
  if (y === null) return null;
  const lastNumber = Math.max(set.numbers[set.count - 1] ?? 1, input.total);
  const x = stepAxis("run number", 1, lastNumber, { count: 8, margin: lastNumber / 60 });

  const byState = new Map<RunState | null, number[]>();
  let measured = 0;
  let outside = 0;
  for (const [index, value] of shown.entries()) {
    if (Number.isNaN(value)) continue;
    measured++;
    if (y.clip(value) !== value) outside++;
    const state = mask !== null && mask[index] !== 1 ? null : stateAt(set, index);
    const group = byState.get(state);
    if (group === undefined) byState.set(state, [index]);
    else group.push(index);
  }
  const order = [null, ...RunState.options];
  const groups = order.flatMap((state): HistoryGroup[] => {
    const runs = byState.get(state);
    if (runs === undefined) return [];
    const points = new Float64Array(runs.length * 2);
    for (const [at, index] of runs.entries()) {
      points[2 * at] = set.numbers[index] ?? 0;
      points[2 * at + 1] = y.clip(shown[index] ?? 0);
    }
    return [{ state, points, runs: Int32Array.from(runs) }];
  });

  const best = bestSteps(set, shown, maximize);
  const corners: Point[] = [];
  for (const [at, step] of best.entries()) {
    const before = best[at - 1];
    if (before !== undefined) corners.push([step.number, y.clip(before.value)]);
    corners.push([step.number, y.clip(step.value)]);
  }
  const corner = corners.at(-1);
  const lastMeasured = lastWithValue(set, shown);
  if (corner !== undefined && corner[0] < lastMeasured) corners.push([lastMeasured, corner[1]]);

  const scope = `${shareOf(measured, input.total)} runs`;
  const found = best.at(-1);
  return {
    groups,
    bestSoFar: corners,
    x,
    y,
    outside,
    scope,
    summary:
      found === undefined
        ? `${metric} by run number, ${scope}. No run has completed yet.`
        : `${metric} by run number, ${scope}. Best so far ${formatMetric(found.value)}, reached by run ${found.number} after ${best.length} improvements.`,
    table: {
      name: `${metric} by run`,
      columns: ["run", "name", "state", metric],
      get rows() {
        return [...set.numbers].flatMap((number, index) => {
          const value = shown[index] ?? Number.NaN;
          return Number.isNaN(value)
            ? []
            : [[number, labelAt(set, index), stateAt(set, index), value]];
        });
      },
    },
  };
}

function bestSteps(set: RunSet, values: Float64Array, maximize: boolean) {
  const completed = RunState.options.indexOf("completed");
  const steps: { number: number; value: number }[] = [];
  let best = maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (const [index, value] of values.entries()) {
    if (set.states[index] !== completed || Number.isNaN(value)) continue;
    if (maximize ? value <= best : value >= best) continue;
    best = value;
    steps.push({ number: set.numbers[index] ?? 0, value });
  }
  return steps;
}

function lastWithValue(set: RunSet, values: Float64Array): number {
  for (let index = set.count - 1; index >= 0; index--)
    if (!Number.isNaN(values[index])) return set.numbers[index] ?? 0;
  return 0;
}

/** The selected run nearest to a point of the plot; see `nearestPoint`. */
export const nearestRun = (
  groups: readonly HistoryGroup[],
  distance: (at: Point) => number,
  reach: number,
) =>
  nearestPoint(
    groups.filter(({ state }) => state !== null),
    distance,
    reach,
  );
