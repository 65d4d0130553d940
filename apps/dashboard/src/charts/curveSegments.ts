import type { Axis } from "./axis.js";

export type Point = readonly [x: number, y: number];

/**
 * Cuts a curve where a value is missing, so that the gap is seen. A lone value becomes a
 * segment of one point, which is drawn as a dot.
 */
export function curveSegments(
  steps: readonly number[],
  values: readonly (number | null)[],
  x: Axis,
  y: Axis,
): Point[][] {
  const segments: Point[][] = [];
  let open: Point[] | null = null;
  for (const [index, step] of steps.entries()) {
    const value = values[index];
    const px = x.place(step);
    const py = value === null || value === undefined ? null : y.place(value);
    if (px === null || py === null) {
      open = null;
      continue;
    }
    if (open === null) {
      open = [];
      segments.push(open);
    }
    open.push([px, py]);
  }
  return segments;
}

/** Points with a gap at both sides, which no line shows. */
export const lonelyPoints = (segments: readonly (readonly Point[])[]): Point[] =>
  segments.filter((segment) => segment.length === 1).flat();
