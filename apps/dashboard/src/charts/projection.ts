import type { Axis } from "./axis.js";
import type { Point } from "./curveSegments.js";

/** Room for tick labels and titles around the plotted area, in pixels. */
export const MARGIN: Margin = { left: 58, right: 14, top: 10, bottom: 42 };

export interface Margin {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Between an axis' coordinates and pixels of a plot of `width` by `height`. */
export interface Projection {
  readonly width: number;
  readonly height: number;
  readonly toPixel: (point: Point) => Point;
  readonly xAt: (pixel: number) => number;
  readonly yAt: (pixel: number) => number;
}

export function project(
  x: Axis,
  y: Axis,
  width: number,
  height: number,
  margin: Margin = MARGIN,
): Projection {
  const { width: innerWidth, height: innerHeight } = plottedArea({ width, height }, margin);
  return {
    width,
    height,
    toPixel: ([px, py]) => [
      margin.left + ((px - x.min) / (x.max - x.min)) * innerWidth,
      margin.top + (1 - (py - y.min) / (y.max - y.min)) * innerHeight,
    ],
    xAt: (pixel) => x.min + ((pixel - margin.left) / innerWidth) * (x.max - x.min),
    yAt: (pixel) => y.min + (1 - (pixel - margin.top) / innerHeight) * (y.max - y.min),
  };
}

/** The rectangle between the axes, in pixels. */
export const plottedArea = (
  { width, height }: Pick<Projection, "width" | "height">,
  { left, right, top, bottom }: Margin = MARGIN,
) => ({
  x: left,
  y: top,
  width: Math.max(1, width - left - right),
  height: Math.max(1, height - top - bottom),
});

/** Distance in pixels from `pointer` to a line through `points`, measured straight up and down. */
export function distanceToLine(
  points: readonly Point[],
  { toPixel, xAt }: Projection,
  [pointerX, pointerY]: Point,
): number {
  const at = xAt(pointerX);
  const after = points.findIndex(([px]) => px >= at);
  const right = points[after === -1 ? points.length - 1 : after];
  const left = points[after <= 0 ? (after === -1 ? points.length - 1 : 0) : after - 1];
  if (left === undefined || right === undefined) return Number.POSITIVE_INFINITY;
  const [lx, ly] = toPixel(left);
  const [rx, ry] = toPixel(right);
  if (lx === rx || pointerX < lx || pointerX > rx) {
    // Beyond the ends, the nearer end counts.
    const toLeft = Math.hypot(pointerX - lx, pointerY - ly);
    return Math.min(toLeft, Math.hypot(pointerX - rx, pointerY - ry));
  }
  return Math.abs(pointerY - (ly + ((pointerX - lx) / (rx - lx)) * (ry - ly)));
}

/** `distanceToLine` of the nearest of several pieces. */
export const distanceToLines = (
  pieces: readonly (readonly Point[])[],
  projection: Projection,
  pointer: Point,
): number => Math.min(...pieces.map((points) => distanceToLine(points, projection, pointer)));

/** The item whose `distance` is least and below `reach` pixels. */
export function nearest<T>(
  items: readonly T[],
  distance: (item: T) => number,
  reach: number,
): T | null {
  let best: T | null = null;
  let least = reach;
  for (const item of items) {
    const d = distance(item);
    if (d > least) continue; // of equals the later one is drawn on top
    least = d;
    best = item;
  }
  return best;
}
