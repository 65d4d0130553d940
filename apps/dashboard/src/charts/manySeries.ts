import type { RunState } from "@sweepyard/contract";
import type { Palette } from "../palette.js";
import type { Point } from "./curveSegments.js";
import { SYMBOL } from "./stateMarks.js";

/** Series for thousands of marks of one look: painted in one path each, without an object a mark. */

export interface LineLook {
  readonly color: string;
  readonly width?: number;
  readonly opacity?: number;
  readonly type?: "solid" | "dashed" | "dotted";
}

/** Polylines one after the other, each as [points, x, y, x, y…]. */
export const manyLines = (coords: ArrayLike<number>, look: LineLook) => ({
  type: "lines" as const,
  coordinateSystem: "cartesian2d" as const,
  polyline: true,
  // Of no line at all ECharts lays nothing out, and then fails to paint it.
  large: coords.length > 0,
  largeThreshold: 0,
  progressive: 0,
  silent: true,
  clip: true,
  lineStyle: { width: 1.5, opacity: 1, ...look },
  data: (coords.length === 0 ? [] : Float64Array.from(coords)) as unknown as never[],
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
  readonly size: number;
  readonly opacity?: number;
  readonly symbol?: string;
  readonly borderColor?: string;
  readonly borderWidth?: number;
}

/** From here on marks are painted in one path: their outlines are not told apart any more. */
const MANY = 1_000;

/** Points as [x, y, x, y…]. */
export const manyPoints = (points: Float64Array, look: PointLook) => ({
  type: "scatter" as const,
  silent: true,
  clip: false,
  dimensions: ["x", "y"],
  large: points.length / 2 > MANY,
  largeThreshold: 0,
  progressive: 0,
  symbol: look.symbol ?? "circle",
  symbolSize: look.size,
  itemStyle: {
    color: look.color,
    opacity: look.opacity ?? 1,
    ...(look.borderColor !== undefined && {
      borderColor: look.borderColor,
      borderWidth: look.borderWidth ?? 1,
    }),
  },
  data: points as unknown as never[],
});

/** How the marks of a state look where there are `count` marks in all. */
export function stateLook(palette: Palette, state: RunState, count: number): PointLook {
  const isHollow = state === "running";
  const size = count > 4 * MANY ? 3 : count > MANY ? 4 : state === "completed" ? 7 : 9;
  if (count > MANY && !isHollow)
    return { color: palette.state[state], size, symbol: SYMBOL[state], opacity: 0.75 };
  return {
    color: isHollow ? palette.surface : palette.state[state],
    size: Math.max(size, isHollow ? 7 : 0),
    symbol: SYMBOL[state],
    borderColor: isHollow ? palette.state[state] : palette.surface,
    borderWidth: isHollow ? 2 : 1,
  };
}

/** Filled outlines, each a list of points in the axes' coordinates. */
export const polygons = (
  outlines: readonly (readonly Point[])[],
  look: { readonly color: string; readonly opacity: number },
) => ({
  type: "custom" as const,
  silent: true,
  clip: true,
  data: outlines.map((_, index) => index),
  renderItem: (
    params: { readonly dataIndex: number },
    api: { coord(point: readonly number[]): number[] },
  ) => ({
    type: "polygon" as const,
    shape: { points: (outlines[params.dataIndex] ?? []).map((point) => api.coord(point)) },
    style: { fill: look.color, opacity: look.opacity },
  }),
});

/** Rectangles with a colour each. */
export const rectangles = (
  cells: readonly {
    readonly x: readonly [number, number];
    readonly y: readonly [number, number];
    readonly color: string;
    readonly opacity: number;
  }[],
) => ({
  type: "custom" as const,
  silent: true,
  clip: true,
  data: cells.map((_, index) => index),
  renderItem: (
    params: { readonly dataIndex: number },
    api: { coord(point: readonly number[]): number[] },
  ) => {
    const cell = cells[params.dataIndex];
    if (cell === undefined) return undefined;
    const [left = 0, bottom = 0] = api.coord([cell.x[0], cell.y[0]]);
    const [right = 0, top = 0] = api.coord([cell.x[1], cell.y[1]]);
    return {
      type: "rect" as const,
      shape: { x: left + 0.5, y: top + 0.5, width: right - left - 1, height: bottom - top - 1 },
      style: { fill: cell.color, opacity: cell.opacity },
    };
  },
});

/** Words at places of the plot, in its own coordinates. */
export const texts = (
  items: readonly { readonly at: Point; readonly text: string }[],
  look: {
    readonly color: string;
    /** Behind the words, so that lines leave them readable. */
    readonly ground: string;
    readonly dx: number;
    readonly align: "left" | "center" | "right";
  },
) => ({
  type: "custom" as const,
  silent: true,
  clip: false,
  data: items.map((_, index) => index),
  renderItem: (
    params: { readonly dataIndex: number },
    api: { coord(point: readonly number[]): number[] },
  ) => {
    const item = items[params.dataIndex];
    if (item === undefined) return undefined;
    const [x = 0, y = 0] = api.coord(item.at);
    return {
      type: "text" as const,
      style: {
        text: item.text,
        x: x + look.dx,
        y,
        fill: look.color,
        fontSize: 11,
        backgroundColor: look.ground,
        padding: [1, 3],
        borderRadius: 3,
        textAlign: look.align,
        textVerticalAlign: "middle" as const,
      },
    };
  },
});
