import type { Palette } from "../palette.js";
import type { Axis } from "./axis.js";
import { type Brush, type Pen, widthOf } from "./brush.js";
import type { Point } from "./curveSegments.js";
import { drawSymbol } from "./drawSymbol.js";
import type { LineLook, PointLook, Series } from "./manySeries.js";
import { type Margin, plottedArea, project } from "./projection.js";

export interface PlotPicture {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Width and height of the whole, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly margin: Margin;
  /** Without axes: the series draw their own. */
  readonly isBare: boolean;
  readonly palette: Palette;
}

const LABEL_PX = 11;
const TITLE_PX = 12;
/** A line along the edge of the plotted area keeps its whole width. */
const EDGE_PX = 1.5;
/** Up to this a disc can't be told from a square, which is painted several times faster. */
const SQUARE_PX = 4;
const DASHES = { solid: [], dashed: [6, 4], dotted: [2, 3] } as const;

/** Paints axes and series as they were decided; a value beyond the axes is cut off at them. */
export function paintPlot(brush: Brush, picture: PlotPicture): void {
  const { width, height, margin } = picture;
  const inner = plottedArea(picture, margin);
  const { toPixel } = project(picture.x, picture.y, width, height, margin);
  if (!picture.isBare) paintAxes(brush, picture, inner, toPixel);
  const inside = (paint: () => void) =>
    brush.within(
      inner.x - EDGE_PX,
      inner.y - EDGE_PX,
      inner.width + 2 * EDGE_PX,
      inner.height + 2 * EDGE_PX,
      paint,
    );
  const isInside = ([x, y]: Point) =>
    x >= inner.x - EDGE_PX &&
    x <= inner.x + inner.width + EDGE_PX &&
    y >= inner.y - EDGE_PX &&
    y <= inner.y + inner.height + EDGE_PX;

  for (const one of picture.series)
    switch (one.kind) {
      case "lines":
        inside(() =>
          brush.stroke((pen) => traceLines(pen, one.coords, toPixel), strokeOf(one.look)),
        );
        break;
      case "polygons":
        inside(() =>
          brush.fill((pen) => {
            for (const outline of one.outlines) traceOutline(pen, outline.map(toPixel));
          }, one.look),
        );
        break;
      case "rectangles":
        inside(() => {
          for (const cell of one.cells) {
            const [left, bottom] = toPixel([cell.x[0], cell.y[0]]);
            const [right, top] = toPixel([cell.x[1], cell.y[1]]);
            // A gap of a pixel keeps cells of one colour apart.
            brush.fill(
              (pen) => pen.rect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1),
              cell,
            );
          }
        });
        break;
      case "points":
        paintPoints(brush, one.look, (visit) => {
          for (let at = 0; at + 1 < one.points.length; at += 2)
            visit(toPixel([one.points[at] ?? 0, one.points[at + 1] ?? 0]));
        });
        break;
      case "markers":
        for (const marker of one.markers) {
          const at = toPixel(marker.at);
          if (isInside(at)) paintPoints(brush, marker, (visit) => visit(at));
        }
        break;
      case "texts":
        for (const { at, text } of one.items) {
          const [x, y] = toPixel(at);
          brush.text(text, x + one.look.dx, y, {
            ...one.look,
            size: LABEL_PX,
            baseline: "middle",
          });
        }
        break;
    }
}

const strokeOf = ({ color, width = 1.5, opacity = 1, type = "solid" }: LineLook) => ({
  color,
  width,
  opacity,
  dash: DASHES[type],
});

function traceLines(pen: Pen, coords: ArrayLike<number>, toPixel: (point: Point) => Point): void {
  for (let at = 0; at < coords.length; ) {
    const count = coords[at++] ?? 0;
    for (let point = 0; point < count; point++, at += 2) {
      const [x, y] = toPixel([coords[at] ?? 0, coords[at + 1] ?? 0]);
      if (point === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
  }
}

function traceOutline(pen: Pen, points: readonly Point[]): void {
  for (const [index, [x, y]] of points.entries()) {
    if (index === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  pen.closePath();
}

/** All points of a look are one path. */
function paintPoints(
  brush: Brush,
  look: PointLook,
  each: (visit: (at: Point) => void) => void,
): void {
  const { size, symbol = "circle", opacity = 1 } = look;
  const shape = symbol === "circle" && size <= SQUARE_PX ? "rect" : symbol;
  const path = (pen: Pen) => each(([x, y]) => drawSymbol(pen, shape, x, y, size));
  brush.fill(path, { color: look.color, opacity });
  if (look.borderColor !== undefined)
    brush.stroke(path, {
      color: look.borderColor,
      width: look.borderWidth ?? 1,
      opacity,
      dash: DASHES.solid,
    });
}

function paintAxes(
  brush: Brush,
  { x, y, palette, margin }: PlotPicture,
  inner: ReturnType<typeof plottedArea>,
  toPixel: (point: Point) => Point,
): void {
  const { x: left, y: top } = inner;
  const bottom = top + inner.height;
  const right = left + inner.width;
  const placeX = (at: number) => toPixel([at, y.min])[0];
  const placeY = (at: number) => toPixel([x.min, at])[1];
  const rules = (pen: Pen) => {
    for (const { at } of y.ticks) {
      // Half a pixel off, so that a line of one pixel is sharp.
      const row = Math.round(placeY(at)) + 0.5;
      pen.moveTo(left, row);
      pen.lineTo(right, row);
    }
    pen.moveTo(left, Math.round(bottom) + 0.5);
    pen.lineTo(right, Math.round(bottom) + 0.5);
  };
  brush.stroke(rules, { color: palette.line, width: 1, opacity: 1, dash: DASHES.solid });

  const label = { color: palette.dimmed, size: LABEL_PX };
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of x.ticks) {
    const at = placeX(tick.at);
    const half = widthOf(tick.label, LABEL_PX) / 2;
    if (at - half < free) continue;
    free = at + half + 4;
    brush.text(tick.label, at, bottom + 7, { ...label, align: "center", baseline: "top" });
  }
  let above = Number.POSITIVE_INFINITY;
  for (const tick of y.ticks) {
    const at = placeY(tick.at);
    if (at > above) continue;
    above = at - LABEL_PX;
    brush.text(tick.label, left - 7, at, { ...label, align: "right", baseline: "middle" });
  }
  const title = { color: palette.dimmed, size: TITLE_PX, align: "center" } as const;
  brush.text(x.title, left + inner.width / 2, bottom + 26, { ...title, baseline: "top" });
  brush.text(y.title, left - (margin.left - 14), top + inner.height / 2, {
    ...title,
    baseline: "bottom",
    isUpright: true,
  });
}
