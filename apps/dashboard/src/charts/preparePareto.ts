import type { ParetoView } from "@sweepyard/contract";
import type { Mask } from "../board/matchRuns.js";
import type { RunSet } from "../board/runSet.js";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";
import { type ObjectiveAxis, objectiveAxis } from "./objectiveAxis.js";
import { groupPoints, type PointGroup } from "./prepareSlice.js";
import { shareOf } from "./shareOf.js";

export interface Pareto {
  readonly x: ObjectiveAxis;
  readonly y: ObjectiveAxis;
  readonly groups: readonly PointGroup[];
  /** The front as a staircase: everything beyond it is out of reach so far. */
  readonly front: readonly Point[];
  readonly marks: readonly { readonly number: number; readonly at: Point }[];
  readonly growth: { readonly x: Axis; readonly y: Axis; readonly line: readonly Point[] } | null;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

/** Two of a sweep's objectives against each other, with the runs that no other beats in all. */
export function preparePareto(
  view: ParetoView,
  set: RunSet,
  mask: Mask | null,
  [first, second]: readonly [first: number, second: number],
): Pareto | null {
  const [ox, oy] = [view.objectives[first], view.objectives[second]];
  const valuesOf = (index: number) =>
    index === 0 ? set.objectives : set.metrics.get(view.objectives[index]?.metric ?? "");
  const [xs, ys] = [valuesOf(first), valuesOf(second)];
  if (ox === undefined || oy === undefined || xs === undefined || ys === undefined) return null;
  const axisOf = (
    { metric, direction }: { metric: string; direction: string },
    values: Float64Array,
  ) => objectiveAxis(metric, values, { maximize: direction === "maximize", full: false });
  const [x, y] = [axisOf(ox, xs), axisOf(oy, ys)];
  if (x === null || y === null) return null;
  const groups = groupPoints(set, mask, {
    count: 1,
    groupOf: () => 0,
    pointOf: (index) => [x.clip(xs[index] ?? Number.NaN), y.clip(ys[index] ?? Number.NaN)],
  });
  const marks = view.front
    .map(({ number, values }) => ({
      number,
      at: [x.clip(values[first] ?? 0), y.clip(values[second] ?? 0)] as Point,
    }))
    .sort((a, b) => a.at[0] - b.at[0]);
  const shown = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const scope = `${shareOf(shown, set.total)} runs, ${formatCount(marks.length)} on the front`;
  const last = view.history.at(-1);
  return {
    x,
    y,
    groups,
    front: staircase(
      marks.map(({ at }) => at),
      ox.direction === oy.direction,
    ),
    marks,
    growth:
      last === undefined
        ? null
        : {
            x: stepAxis("run number", 1, last.number, { count: 8 }),
            y: linearAxis("hypervolume", 0, last.hypervolume),
            line: view.history.flatMap(({ number, hypervolume }, index): Point[] => {
              const before = view.history[index - 1]?.hypervolume;
              return before === undefined
                ? [[number, hypervolume]]
                : [
                    [number, before],
                    [number, hypervolume],
                  ];
            }),
          },
    scope,
    summary: `${oy.metric} by ${ox.metric}, ${scope}. Hypervolume ${formatMetric(view.hypervolume)}.`,
    table: {
      name: "Pareto front",
      columns: ["run", ...view.objectives.map(({ metric }) => metric)],
      rows: view.front.map(({ number, values }) => [number, ...values]),
    },
  };
}

/**
 * Corners between neighbours of the front, from left to right. With equal directions the front
 * falls, so that the corner lies on one side; with opposite ones it rises.
 */
function staircase(points: readonly Point[], falls: boolean): Point[] {
  const corners: Point[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined) corners.push(falls ? [before[0], point[1]] : [point[0], before[1]]);
    corners.push(point);
  }
  return corners;
}
