import type { Mask } from "../board/matchRuns.js";
import type { RunSet } from "../board/runSet.js";
import { formatMetric } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import { bucketOf, qualityBuckets } from "./qualityBuckets.js";
import { shareOf } from "./shareOf.js";

/** A rectangle of the plane of two params, with the runs that lie in it. */
export interface ContourCell {
  /** In drawn coordinates. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly runs: number;
  readonly mean: number;
  readonly best: number;
  /** Of its mean; see qualityBuckets.ts. */
  readonly bucket: number;
}

export interface Contour {
  readonly x: DimensionAxis;
  readonly y: DimensionAxis;
  readonly cells: readonly ContourCell[];
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

const BINS = 18;

/**
 * The mean objective over the plane of two params, in cells. Nothing is made up between runs: a
 * cell without one is blank, and choices are cells of their own, since there is nothing between
 * two optimizers.
 */
export function prepareContour(
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
): Contour {
  const { scale } = qualityBuckets(set.objectives, maximize);
  const [columns, rows] = [binsOf(x), binsOf(y)];
  const found = new Map<number, { runs: number; sum: number; best: number }>();
  let shown = 0;
  for (let index = 0; index < set.count; index++) {
    if (set.excluded[index] === 1 || (mask !== null && mask[index] !== 1)) continue;
    const value = set.objectives[index] ?? Number.NaN;
    const column = binOf(x, columns, x.at[index]);
    const row = binOf(y, rows, y.at[index]);
    if (Number.isNaN(value) || column < 0 || row < 0) continue;
    shown++;
    const key = row * columns + column;
    const cell = found.get(key);
    if (cell === undefined) found.set(key, { runs: 1, sum: value, best: value });
    else {
      cell.runs++;
      cell.sum += value;
      cell.best = maximize ? Math.max(cell.best, value) : Math.min(cell.best, value);
    }
  }
  const edge = (axis: DimensionAxis, bins: number, bin: number) =>
    axis.min + ((axis.max - axis.min) * bin) / bins;
  const cells = [...found].map(([key, { runs, sum, best }]): ContourCell => {
    const [column, row] = [key % columns, Math.floor(key / columns)];
    return {
      x: [edge(x, columns, column), edge(x, columns, column + 1)],
      y: [edge(y, rows, row), edge(y, rows, row + 1)],
      runs,
      mean: sum / runs,
      best,
      bucket: bucketOf(scale, sum / runs),
    };
  });
  const scope = `${shareOf(shown, set.total)} runs, in ${cells.length} cells`;
  const top = cells.reduce<ContourCell | null>(
    (best, cell) =>
      best === null || (maximize ? cell.mean > best.mean : cell.mean < best.mean) ? cell : best,
    null,
  );
  return {
    x,
    y,
    cells,
    scope,
    summary: `Mean ${metric} over ${x.name} and ${y.name}, ${scope}.${top === null ? "" : ` The best cell has a mean of ${formatMetric(top.mean)} over ${top.runs} runs.`}`,
    table: {
      name: `mean ${metric} by ${x.name} and ${y.name}`,
      columns: [
        `${x.name} from`,
        `${x.name} to`,
        `${y.name} from`,
        `${y.name} to`,
        "runs",
        "mean",
        "best",
      ],
      rows: cells.map((cell) => [
        x.valueAt(cell.x[0]),
        x.valueAt(cell.x[1]),
        y.valueAt(cell.y[0]),
        y.valueAt(cell.y[1]),
        cell.runs,
        cell.mean,
        cell.best,
      ]),
    },
  };
}

const binsOf = (axis: DimensionAxis) =>
  axis.isChoice ? Math.max(1, Math.round(axis.max - axis.min)) : BINS;

function binOf(axis: DimensionAxis, bins: number, at = Number.NaN): number {
  if (Number.isNaN(at)) return -1;
  const bin = Math.floor(((at - axis.min) / (axis.max - axis.min)) * bins);
  return Math.min(bins - 1, Math.max(0, bin));
}
