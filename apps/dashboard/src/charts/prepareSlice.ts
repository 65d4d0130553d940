import type { Mask } from "../board/matchRuns.js";
import { paramAt, type RunSet } from "../board/runSet.js";
import { formatParam } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import type { ObjectiveAxis } from "./objectiveAxis.js";
import type { RunPoints } from "./runPoints.js";
import { shareOf } from "./shareOf.js";

/** Runs of one colour. */
export interface PointGroup extends RunPoints {
  /** Between 0 and 1 along the colours; null: runs that the selection leaves out. */
  readonly shade: number | null;
}

export interface Slice {
  readonly name: string;
  readonly x: DimensionAxis;
  readonly y: ObjectiveAxis;
  /** Early runs first, so that late ones lie on top. */
  readonly groups: readonly PointGroup[];
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

/** Runs are told apart by when they were chosen, in so many steps. */
const AGES = 5;

/** One param against the objective, coloured by run number: where the sampler went. */
export function prepareSlice(
  set: RunSet,
  mask: Mask | null,
  x: DimensionAxis,
  y: ObjectiveAxis,
): Slice {
  const first = set.numbers[0] ?? 1;
  const span = Math.max(1, (set.numbers[set.count - 1] ?? 1) - first + 1);
  const groups = groupPoints(set, mask, {
    count: AGES,
    groupOf: (index) => Math.floor((((set.numbers[index] ?? 0) - first) / span) * AGES),
    pointOf: (index) => [
      (x.at[index] ?? Number.NaN) + spread(x, index),
      y.clip(set.objectives[index] ?? Number.NaN),
    ],
  });
  const shown = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const scope = `${shareOf(shown, set.total)} runs`;
  return {
    name: x.name,
    x,
    y,
    groups,
    scope,
    summary: `${y.title} by ${x.name}, ${scope}; colour tells early runs from late ones.`,
    table: {
      name: `${y.title} by ${x.name}`,
      columns: ["run", x.name, y.title],
      get rows() {
        return groups
          .flatMap(({ runs }) => [...runs])
          .sort((a, b) => a - b)
          .map((index) => {
            const value = paramAt(set, x.name, index);
            return [
              set.numbers[index] ?? 0,
              typeof value === "number" ? value : formatParam(value),
              set.objectives[index] ?? null,
            ];
          });
      },
    },
  };
}

/** Runs of one choice would hide each other: they lie side by side, in the order of their numbers. */
export function spread(axis: DimensionAxis, index: number): number {
  if (!axis.isChoice) return 0;
  const golden = (index * 0.618_033_988_75) % 1; // evenly spread, whatever the count
  return (golden - 0.5) * 0.6;
}

/** Points by group; runs without a place, without an objective, or excluded, are left out. */
export function groupPoints(
  set: RunSet,
  mask: Mask | null,
  options: {
    readonly count: number;
    readonly groupOf: (index: number) => number;
    readonly pointOf: (index: number) => readonly [x: number, y: number];
  },
): PointGroup[] {
  const { count, groupOf, pointOf } = options;
  const points = Array.from({ length: count + 1 }, () => [] as number[]);
  const runs = Array.from({ length: count + 1 }, () => [] as number[]);
  for (let index = 0; index < set.count; index++) {
    if (set.excluded[index] === 1) continue;
    const [x, y] = pointOf(index);
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const isChosen = mask === null || mask[index] === 1;
    const group = isChosen ? 1 + Math.min(count - 1, Math.max(0, groupOf(index))) : 0;
    points[group]?.push(x, y);
    runs[group]?.push(index);
  }
  return points.flatMap((each, group) =>
    each.length === 0
      ? []
      : [
          {
            shade: group === 0 ? null : count === 1 ? 1 : (group - 1) / (count - 1),
            points: Float64Array.from(each),
            runs: Int32Array.from(runs[group] ?? []),
          },
        ],
  );
}
