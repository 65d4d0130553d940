import type { Pen } from "./brush.js";

export type MarkSymbol = "circle" | "rect" | "diamond" | "triangle" | "cross";

/** Corners one after the other, x and y, in tenths of the symbol's size. */
const CORNERS = {
  diamond: [5, 0, 10, 5, 5, 10, 0, 5],
  triangle: [5, 0, 10, 10, 0, 10],
  cross: [2, 0, 5, 3, 8, 0, 10, 2, 7, 5, 10, 8, 8, 10, 5, 7, 2, 10, 0, 8, 3, 5, 0, 2],
} as const;

/** Adds a symbol of `size` pixels around a point to a path. */
export function drawSymbol(pen: Pen, symbol: MarkSymbol, x: number, y: number, size: number): void {
  if (symbol === "circle") {
    pen.moveTo(x + size / 2, y);
    pen.arc(x, y, size / 2, 0, 2 * Math.PI);
    return;
  }
  if (symbol === "rect") {
    pen.rect(x - size / 2, y - size / 2, size, size);
    return;
  }
  const corners = CORNERS[symbol];
  for (let at = 0; at < corners.length; at += 2) {
    const cornerX = x + ((corners[at] ?? 0) / 10 - 0.5) * size;
    const cornerY = y + ((corners[at + 1] ?? 0) / 10 - 0.5) * size;
    if (at === 0) pen.moveTo(cornerX, cornerY);
    else pen.lineTo(cornerX, cornerY);
  }
  pen.closePath();
}
