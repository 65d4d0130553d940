import type { Mask } from "../board/matchRuns.js";
import { labelAt, paramAt, type RunSet, stateAt } from "../board/runSet.js";
import { formatCount, formatParam } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";
import type { DimensionAxis } from "./dimensionAxis.js";
import type { ObjectiveAxis } from "./objectiveAxis.js";
import { bucketOf, QUALITY_BUCKETS, qualityBuckets } from "./qualityBuckets.js";
import { shareOf } from "./shareOf.js";

/** Lines of one look: polylines one after the other, each as [points, x, y, x, y…]. */
export interface LineGroup {
  /** 0 the worst to QUALITY_BUCKETS - 1; -1: runs without an objective; null: not selected. */
  readonly bucket: number | null;
  readonly opacity: number;
  readonly coords: Float64Array;
}

/** One axis: the space's, or the objective's at the end. Places on it run from 0 to 1 upwards. */
export interface ParallelAxis {
  readonly name: string;
  readonly isObjective: boolean;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export interface Parallel {
  readonly axes: readonly ParallelAxis[];
  readonly groups: readonly LineGroup[];
  /** How the crowd is drawn: each run as a line, or as ribbons between the axes' bins. */
  readonly isBinned: boolean;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface ParallelInput {
  readonly set: RunSet;
  readonly mask: Mask | null;
  /** Params from left to right. */
  readonly axes: readonly DimensionAxis[];
  readonly objective: ObjectiveAxis;
  readonly maximize: boolean;
}

/** Up to so many selected runs are lines of their own; more are ribbons with the best on top. */
const MOST_LINES = 400;
const BEST_LINES = 50;
const BINS = 40;
/** A ribbon's share of the densest one, and how strongly it is drawn. */
const DENSITIES = [
  [0.02, 0.1],
  [0.15, 0.25],
  [1, 0.55],
] as const;

/** The whole picture of parallel coordinates: places in [0, 1] on each axis, better on top. */
export function prepareParallel(input: ParallelInput): Parallel {
  const { set, mask, maximize } = input;
  const places = [...input.axes.map(unitPlaces), objectivePlaces(input)];
  const { buckets, scale } = qualityBuckets(set.objectives, maximize);
  const chosen: number[] = [];
  const others: number[] = [];
  for (let index = 0; index < set.count; index++) {
    if (set.excluded[index] === 1 || Number.isNaN(set.objectives[index])) continue;
    (mask === null || mask[index] === 1 ? chosen : others).push(index);
  }
  const isBinned = chosen.length > MOST_LINES;
  const groups: LineGroup[] = [];
  if (others.length > 0) groups.push(...ribbons(places, others, () => null, [0.1, 0.2, 0.3]));
  if (isBinned) {
    groups.push(
      ...ribbons(
        places,
        chosen,
        (runs, sum) => bucketOf(scale, sum / runs),
        DENSITIES.map(([, opacity]) => opacity),
        set.objectives,
      ),
    );
    const best = [...chosen]
      .sort((a, b) => (set.objectives[b] ?? 0) - (set.objectives[a] ?? 0))
      .slice(...(maximize ? [0, BEST_LINES] : [-BEST_LINES]));
    groups.push({ bucket: QUALITY_BUCKETS - 1, opacity: 0.9, coords: polylines(places, best) });
  } else {
    for (let bucket = -1; bucket < QUALITY_BUCKETS; bucket++) {
      const runs = chosen.filter((index) => buckets[index] === bucket);
      if (runs.length === 0) continue;
      const opacity = chosen.length > 100 ? 0.35 + (bucket + 1) * 0.08 : 0.85;
      groups.push({ bucket, opacity, coords: polylines(places, runs) });
    }
  }
  const shown = chosen.length + others.length;
  const scope = scopeOf(shown, chosen.length, set.total, isBinned);
  return {
    axes: [
      ...input.axes.map((axis) => ({
        name: axis.name,
        isObjective: false,
        ticks: unitTicks(axis),
      })),
      {
        name: input.objective.title,
        isObjective: true,
        ticks: unitTicks(input.objective).map(({ at, label }) => ({
          at: maximize ? at : 1 - at,
          label,
        })),
      },
    ],
    groups,
    isBinned,
    scope,
    summary: `Params against ${input.objective.title}, ${scope}; axes: ${input.axes.map(({ name }) => name).join(", ")}.`,
    table: toTable(input, chosen),
  };
}

const unit = (axis: { min: number; max: number }, at: number) =>
  (at - axis.min) / (axis.max - axis.min);

const unitPlaces = (axis: DimensionAxis): Float64Array => axis.at.map((at) => unit(axis, at));

const unitTicks = (axis: Pick<DimensionAxis, "min" | "max" | "ticks">) =>
  axis.ticks.map(({ at, label }) => ({ at: unit(axis, at), label }));

function objectivePlaces({ set, objective, maximize }: ParallelInput): Float64Array {
  return set.objectives.map((value) => {
    if (Number.isNaN(value)) return value;
    const at = unit(objective, objective.clip(value));
    return maximize ? at : 1 - at;
  });
}

/** Each run as one line; it is cut where a param has no value. */
function polylines(places: readonly Float64Array[], runs: readonly number[]): Float64Array {
  const coords: number[] = [];
  for (const index of runs) {
    let open: number[] = [];
    const close = () => {
      if (open.length >= 4) coords.push(open.length / 2, ...open);
      open = [];
    };
    for (const [axis, column] of places.entries()) {
      const at = column[index] ?? Number.NaN;
      if (Number.isNaN(at)) close();
      else open.push(axis, at);
    }
    close();
  }
  return Float64Array.from(coords);
}

/**
 * Between each two axes, runs whose ends fall into the same two bins are one line: as strong as
 * they are many, and coloured by their mean objective. However many runs there are, at most
 * BINS² lines lie between two axes.
 */
function ribbons(
  places: readonly Float64Array[],
  runs: readonly number[],
  bucketFor: (runs: number, sum: number) => number | null,
  opacities: readonly number[],
  values?: Float64Array,
): LineGroup[] {
  const groups = new Map<string, { bucket: number | null; level: number; coords: number[] }>();
  for (let axis = 0; axis + 1 < places.length; axis++) {
    const left = places[axis];
    const right = places[axis + 1];
    if (left === undefined || right === undefined) continue;
    const counts = new Int32Array(BINS * BINS);
    const sums = new Float64Array(BINS * BINS);
    for (const index of runs) {
      const cell = cellOf(left[index], right[index]);
      if (cell < 0) continue;
      counts[cell] = (counts[cell] ?? 0) + 1;
      sums[cell] = (sums[cell] ?? 0) + (values?.[index] ?? 0);
    }
    const densest = counts.reduce((most, count) => Math.max(most, count), 1);
    for (const [cell, count] of counts.entries()) {
      if (count === 0) continue;
      const level = DENSITIES.findIndex(([share]) => count / densest <= share);
      const bucket = bucketFor(count, sums[cell] ?? 0);
      const key = `${bucket} ${level}`;
      const group = groups.get(key) ?? { bucket, level, coords: [] };
      groups.set(key, group);
      const from = (Math.floor(cell / BINS) + 0.5) / BINS;
      const to = ((cell % BINS) + 0.5) / BINS;
      group.coords.push(2, axis, from, axis + 1, to);
    }
  }
  return [...groups.values()]
    .sort((a, b) => (a.bucket ?? -2) - (b.bucket ?? -2) || a.level - b.level)
    .map(({ bucket, level, coords }) => ({
      bucket,
      opacity: opacities[level] ?? 0.3,
      coords: Float64Array.from(coords),
    }));
}

function cellOf(left = Number.NaN, right = Number.NaN): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return -1;
  const bin = (at: number) => Math.min(BINS - 1, Math.max(0, Math.floor(at * BINS)));
  return bin(left) * BINS + bin(right);
}

function scopeOf(shown: number, chosen: number, total: number, isBinned: boolean): string {
  const all = shareOf(shown, total);
  const runs = chosen < shown ? `${formatCount(chosen)} selected of ${all} runs` : `${all} runs`;
  return isBinned ? `${runs}, binned; the best ${BEST_LINES} as lines` : runs;
}

function toTable({ set, axes, objective }: ParallelInput, runs: readonly number[]): ChartTable {
  return {
    name: `params and ${objective.title}`,
    columns: ["run", "name", "state", ...axes.map(({ name }) => name), objective.title],
    get rows() {
      return runs.map((index) => [
        set.numbers[index] ?? 0,
        labelAt(set, index),
        stateAt(set, index),
        ...axes.map(({ name }) => {
          const value = paramAt(set, name, index);
          return typeof value === "number" || value === undefined
            ? (value ?? null)
            : formatParam(value);
        }),
        set.objectives[index] ?? null,
      ]);
    },
  };
}
