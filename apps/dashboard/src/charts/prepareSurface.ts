import type { SurrogateView } from "@sweepyard/contract";
import type { ParamValues, RunSet } from "../board/runSet.js";
import { formatMetric } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import { placeOf } from "./prepareDependence.js";
import { bucketOf, qualityBuckets } from "./qualityBuckets.js";

/** A rectangle around one point that the model was asked for. */
export interface SurfaceCell {
  /** In drawn coordinates. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly mean: number;
  readonly spread: number;
  /** Of its mean among the objectives of all runs; see qualityBuckets.ts. */
  readonly bucket: number;
}

export interface Surface {
  readonly cells: readonly SurfaceCell[];
  /** Runs behind it, as [x, y, x, y…]. */
  readonly runs: Float64Array;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

interface Place {
  readonly index: number;
  readonly at: number;
}

/** What a model of the runs expects over the plane of two params. Null without figures. */
export function prepareSurface(
  view: SurrogateView,
  set: RunSet,
  axes: { readonly x: DimensionAxis; readonly y: DimensionAxis; readonly maximize: boolean },
): Surface | null {
  if (view.mean.length === 0) return null;
  const { x, y, maximize } = axes;
  const { scale } = qualityBuckets(set.objectives, maximize);
  const columnOf = (axis: DimensionAxis) => set.params.get(axis.name);
  const columns = placesOf(view.x.values, x, columnOf(x));
  const rows = placesOf(view.y.values, y, columnOf(y));
  const cells = rows.flatMap((row, j) =>
    columns.map((column, i): SurfaceCell => {
      const mean = view.mean[row.index]?.[column.index] ?? Number.NaN;
      return {
        x: around(columns, i, x),
        y: around(rows, j, y),
        mean,
        spread: view.spread[row.index]?.[column.index] ?? Number.NaN,
        bucket: bucketOf(scale, mean),
      };
    }),
  );
  const runs = view.points.flatMap((point) => {
    const [atX, atY] = [placeOf(point.x, x, columnOf(x)), placeOf(point.y, y, columnOf(y))];
    return atX === null || atY === null ? [] : [atX, atY];
  });
  const best = cells.reduce<SurfaceCell | null>(
    (top, cell) =>
      top === null || (maximize ? cell.mean > top.mean : cell.mean < top.mean) ? cell : top,
    null,
  );
  const scope = `expected by a forest over ${view.runsUsed} completed runs`;
  return {
    cells,
    runs: Float64Array.from(runs),
    scope,
    summary: `${view.objective.metric} over ${x.name} and ${y.name}, ${scope}.${best === null ? "" : ` The best expected is ${formatMetric(best.mean)}, give or take ${formatMetric(best.spread)}.`}`,
    table: {
      name: `expected ${view.objective.metric} by ${x.name} and ${y.name}`,
      columns: [x.name, y.name, "expected", "standard deviation"],
      get rows() {
        return view.y.values.flatMap((valueY, row) =>
          view.x.values.map((valueX, column) => [
            cellText(valueX),
            cellText(valueY),
            view.mean[row]?.[column] ?? null,
            view.spread[row]?.[column] ?? null,
          ]),
        );
      },
    },
  };
}

const cellText = (value: unknown): string | number =>
  typeof value === "number" ? value : typeof value === "string" ? value : JSON.stringify(value);

function placesOf(
  values: SurrogateView["x"]["values"],
  axis: DimensionAxis,
  column: ParamValues | undefined,
): Place[] {
  return values
    .flatMap((value, index): Place[] => {
      const at = placeOf(value, axis, column);
      return at === null ? [] : [{ index, at }];
    })
    .sort((a, b) => a.at - b.at);
}

/** Half-way to either neighbour; as far as the axis at its ends, and half a place for a choice. */
function around(places: readonly Place[], index: number, axis: DimensionAxis): [number, number] {
  const at = places[index]?.at ?? 0;
  if (axis.isChoice) return [at - 0.5, at + 0.5];
  const [before, after] = [places[index - 1]?.at, places[index + 1]?.at];
  return [
    before === undefined ? axis.min : (before + at) / 2,
    after === undefined ? axis.max : (at + after) / 2,
  ];
}
