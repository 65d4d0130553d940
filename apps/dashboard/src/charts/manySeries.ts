import type { Point } from "./curveSegments.js";
import type { MarkSymbol } from "./drawSymbol.js";

/**
 * What a plot is painted of, in the axes' coordinates. Thousands of marks of one look are one
 * series: they are painted in one path, without an object a mark.
 */
export type Series =
  | { readonly kind: "lines"; readonly coords: ArrayLike<number>; readonly look: LineLook }
  | { readonly kind: "points"; readonly points: Float64Array; readonly look: PointLook }
  | { readonly kind: "markers"; readonly markers: readonly Marker[] }
  | {
      readonly kind: "polygons";
      readonly outlines: readonly (readonly Point[])[];
      readonly look: { readonly color: string; readonly opacity: number };
    }
  | { readonly kind: "rectangles"; readonly cells: readonly Cell[] }
  | { readonly kind: "texts"; readonly items: readonly TextItem[]; readonly look: TextLook };

export interface LineLook {
  readonly color: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly type?: "solid" | "dashed" | "dotted";
}

/** Polylines one after the other, each as [points, x, y, x, y…]. */
export const manyLines = (coords: ArrayLike<number>, look: LineLook): Series => ({
  kind: "lines",
  coords,
  look,
});

/** Segments of points as `manyLines` wants them; those of one point are left out. */
export function toCoords(segments: readonly (readonly Point[])[]): Float64Array {
  const long = segments.filter((segment) => segment.length > 1);
  const coords = new Float64Array(long.reduce((sum, segment) => sum + 1 + 2 * segment.length, 0));
  let at = 0;
  for (const segment of long) {
    coords[at++] = segment.length;
    for (const [x, y] of segment) {
      coords[at++] = x;
      coords[at++] = y;
    }
  }
  return coords;
}

export interface PointLook {
  readonly color: string;
  /** Diameter in pixels. */
  readonly size: number;
  readonly opacity?: number;
  readonly symbol?: MarkSymbol;
  readonly borderColor?: string;
  readonly borderWidth?: number;
}

/** Points as [x, y, x, y…]. */
export const manyPoints = (points: Float64Array, look: PointLook): Series => ({
  kind: "points",
  points,
  look,
});

/** A point with a look of its own. */
export interface Marker extends PointLook {
  readonly at: Point;
}

/** A few points, each with its own look; those beyond the axes are left out. */
export const fewMarkers = (markers: readonly Marker[]): Series => ({ kind: "markers", markers });

/** Filled outlines. */
export const polygons = (
  outlines: readonly (readonly Point[])[],
  look: { readonly color: string; readonly opacity: number },
): Series => ({ kind: "polygons", outlines, look });

export interface Cell {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly color: string;
  readonly opacity: number;
}

/** Rectangles with a colour each. */
export const rectangles = (cells: readonly Cell[]): Series => ({ kind: "rectangles", cells });

export interface TextItem {
  readonly at: Point;
  readonly text: string;
}

export interface TextLook {
  readonly color: string;
  /** Behind the words, so that lines leave them readable. */
  readonly ground: string;
  readonly dx: number;
  readonly align: "left" | "center" | "right";
}

/** Words at places of the plot. */
export const texts = (items: readonly TextItem[], look: TextLook): Series => ({
  kind: "texts",
  items,
  look,
});
