import type { Point } from "./curveSegments.js";

/** Runs as points [x, y, x, y…] of a plot. */
export interface RunPoints {
  readonly points: Float64Array;
  /** Which runs of the set they are. */
  readonly runs: Int32Array;
}

/** The run nearest to a point of the plot, in the scale that `distance` measures by. */
export function nearestPoint(
  groups: readonly RunPoints[],
  distance: (at: Point) => number,
  reach: number,
): { readonly index: number; readonly at: Point } | null {
  let found: { index: number; at: Point } | null = null;
  let least = reach;
  for (const { points, runs } of groups) {
    for (let at = 0; at < runs.length; at++) {
      const point: Point = [points[2 * at] ?? 0, points[2 * at + 1] ?? 0];
      const away = distance(point);
      if (away > least) continue;
      least = away;
      found = { index: runs[at] ?? 0, at: point };
    }
  }
  return found;
}

/** Where a run of the set lies, if it is among them. */
export function placeOf(groups: readonly RunPoints[], index: number): Point | null {
  if (index < 0) return null;
  for (const { runs, points } of groups) {
    const at = runs.indexOf(index);
    if (at >= 0) return [points[2 * at] ?? 0, points[2 * at + 1] ?? 0];
  }
  return null;
}
