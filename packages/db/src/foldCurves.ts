import { BAND_QUANTILES, MOST_CURVE_PLACES } from "@sweepyard/contract";

/** A run's curve over whatever x is: ascending, one value each; NaN where it is not finite. */
export interface NumberCurve {
  readonly x: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface FoldedCurves {
  readonly x: number[];
  readonly counts: number[];
  /** For each of BAND_QUANTILES; NaN where no run has a value. */
  readonly quantiles: number[][];
}

/**
 * Places along x for curves whose points are not all alike: every whole step while there are at
 * most `MOST_CURVE_PLACES`, else so many evenly apart.
 */
export function placesOf(first: number, last: number, isWhole: boolean): number[] {
  if (!(last >= first)) return [];
  if (isWhole && last - first < MOST_CURVE_PLACES)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const gaps = MOST_CURVE_PLACES - 1;
  const places = Array.from(
    { length: MOST_CURVE_PLACES },
    (_, index) => first + ((last - first) * index) / gaps,
  );
  return isWhole ? places.map(Math.round) : places;
}

/**
 * How values spread at each place: a curve counts with its last value at or before the place, from
 * its own first point to its own last one. What is not finite counts nowhere.
 */
export function foldCurves(
  curves: readonly NumberCurve[],
  places: readonly number[],
): FoldedCurves {
  const columns = places.map(() => new Float64Array(curves.length));
  const counts = places.map(() => 0);
  for (const { x, values } of curves) {
    const end = x[x.length - 1] ?? Number.NEGATIVE_INFINITY;
    let next = 0;
    for (let place = 0; place < places.length; place++) {
      const at = places[place] ?? 0;
      while (next < x.length && (x[next] ?? 0) <= at) next++;
      if (next === 0) continue;
      // The place after its end is its own too, so that thinning drops no end.
      if (at > end && (places[place - 1] ?? Number.NEGATIVE_INFINITY) >= end) break;
      const value = values[next - 1] ?? Number.NaN;
      const column = columns[place];
      if (!Number.isFinite(value) || column === undefined) continue;
      column[counts[place] ?? 0] = value;
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }
  const sorted = columns.map((column, place) => column.subarray(0, counts[place]).sort());
  return {
    x: [...places],
    counts,
    quantiles: BAND_QUANTILES.map((share) => sorted.map((column) => quantileOf(column, share))),
  };
}

/** Interpolated between the two nearest; NaN of nothing. */
function quantileOf(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** The curve's last point at or before each place that has any, for drawing it as a line. */
export function thinCurve({ x, values }: NumberCurve, places: readonly number[]) {
  if (x.length <= MOST_CURVE_PLACES) return { x: Array.from(x), values: Array.from(values) };
  const kept: { x: number[]; values: number[] } = { x: [], values: [] };
  let next = 0;
  for (const at of [...places, Number.POSITIVE_INFINITY]) {
    const before = next;
    while (next < x.length && (x[next] ?? 0) <= at) next++;
    if (next === before) continue;
    kept.x.push(x[next - 1] ?? 0);
    kept.values.push(values[next - 1] ?? Number.NaN);
  }
  return kept;
}
