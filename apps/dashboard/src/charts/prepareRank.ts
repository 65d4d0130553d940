import type { Mask } from "../board/matchRuns.js";
import { paramAt, type RunSet } from "../board/runSet.js";
import { formatParam } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import { groupPoints, type PointGroup, spread } from "./prepareSlice.js";
import { QUALITY_BUCKETS } from "./qualityBuckets.js";
import { shareOf } from "./shareOf.js";

export interface Rank {
  readonly x: DimensionAxis;
  readonly y: DimensionAxis;
  readonly groups: readonly PointGroup[];
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

/**
 * Two params against each other, each run coloured by its rank among all: unlike its value, a rank
 * is not flattened by a few bad runs.
 */
export function prepareRank(
  set: RunSet,
  mask: Mask | null,
  {
    x,
    y,
    metric,
    maximize,
  }: {
    readonly x: DimensionAxis;
    readonly y: DimensionAxis;
    readonly metric: string;
    readonly maximize: boolean;
  },
): Rank {
  const ranks = rankOf(set.objectives, maximize);
  const groups = groupPoints(set, mask, {
    count: QUALITY_BUCKETS,
    groupOf: (index) => Math.floor((ranks[index] ?? 0) * QUALITY_BUCKETS),
    pointOf: (index) =>
      Number.isNaN(ranks[index])
        ? [Number.NaN, Number.NaN]
        : [
            (x.at[index] ?? Number.NaN) + spread(x, index),
            (y.at[index] ?? Number.NaN) + spread(y, index * 7 + 3),
          ],
  });
  const shown = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const scope = `${shareOf(shown, set.total)} runs`;
  const cell = (axis: DimensionAxis, index: number) => {
    const value = paramAt(set, axis.name, index);
    return typeof value === "number" ? value : formatParam(value);
  };
  return {
    x,
    y,
    groups,
    scope,
    summary: `${y.name} by ${x.name}, ${scope}, coloured by the rank of ${metric}.`,
    table: {
      name: `rank of ${metric} by ${x.name} and ${y.name}`,
      columns: ["run", x.name, y.name, metric, "share of runs it beats"],
      get rows() {
        return groups
          .flatMap(({ runs }) => [...runs])
          .sort((a, b) => a - b)
          .map((index) => [
            set.numbers[index] ?? 0,
            cell(x, index),
            cell(y, index),
            set.objectives[index] ?? null,
            ranks[index] ?? null,
          ]);
      },
    },
  };
}

/** The share of the other runs that each run beats, equals counting half; NaN without a value. */
export function rankOf(values: Float64Array, maximize: boolean): Float64Array {
  const order = [...values.keys()]
    .filter((index) => !Number.isNaN(values[index]))
    .sort((a, b) => ((values[a] ?? 0) - (values[b] ?? 0)) * (maximize ? 1 : -1));
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  const others = Math.max(1, order.length - 1);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let at = from; at <= to; at++) ranks[order[at] ?? 0] = (from + to) / 2 / others;
    from = to + 1;
  }
  return ranks;
}
