import type { Mask } from "../board/matchRuns.js";
import type { RunSet } from "../board/runSet.js";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";
import type { ObjectiveAxis } from "./objectiveAxis.js";
import { quantile } from "./quantile.js";
import { shareOf } from "./shareOf.js";

export interface Edf {
  readonly x: Axis;
  readonly y: Axis;
  /** The selected runs, as steps. */
  readonly line: readonly Point[];
  /** All runs, where the selection leaves some out; else empty. */
  readonly all: readonly Point[];
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

/** More corners than pixels add nothing to a line. */
const MOST_CORNERS = 600;

/** The share of runs whose objective is at most x. */
export function prepareEdf(set: RunSet, mask: Mask | null, x: ObjectiveAxis): Edf | null {
  const isShown = (index: number) =>
    set.excluded[index] !== 1 && !Number.isNaN(set.objectives[index]);
  const sorted = (fits: (index: number) => boolean) =>
    set.objectives.filter((_, index) => isShown(index) && fits(index)).sort();
  const all = sorted(() => true);
  const chosen = mask === null ? all : sorted((index) => mask[index] === 1);
  if (chosen.length === 0) return null;
  const y = linearAxis("share of runs", 0, 1);
  const isPart = chosen.length < all.length;
  const median = quantile(chosen, 0.5);
  const scope = isPart
    ? `${formatCount(chosen.length)} selected of ${formatCount(set.total)} runs`
    : `${shareOf(chosen.length, set.total)} runs`;
  return {
    x,
    y,
    line: steps(chosen, x),
    all: isPart ? steps(all, x) : [],
    scope,
    summary: `Share of runs with ${x.title} of at most so much, ${scope}. Half of them are at ${formatMetric(median)} or below.`,
    table: {
      name: `distribution of ${x.title}`,
      columns: [x.title, "share of runs at or below"],
      rows: thinned(chosen).map(({ value, share }) => [value, share]),
    },
  };
}

function thinned(sorted: Float64Array) {
  const every = Math.max(1, Math.ceil(sorted.length / MOST_CORNERS));
  const kept: { value: number; share: number }[] = [];
  for (let index = 0; index < sorted.length; index++)
    if (index % every === 0 || index === sorted.length - 1)
      kept.push({ value: sorted[index] ?? 0, share: (index + 1) / sorted.length });
  return kept;
}

function steps(sorted: Float64Array, x: ObjectiveAxis): Point[] {
  let share = 0;
  return thinned(sorted).flatMap((corner): Point[] => {
    const at = x.clip(corner.value);
    const rise: Point[] = [
      [at, share],
      [at, corner.share],
    ];
    share = corner.share;
    return rise;
  });
}
