/** The part of a canvas' path that marks are made of; a canvas' own context is one. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  "moveTo" | "lineTo" | "closePath" | "rect" | "arc"
>;

export interface Stroke {
  readonly color: string;
  readonly width: number;
  readonly opacity: number;
  /** Lengths of dashes and gaps in pixels; none: unbroken. */
  readonly dash: readonly number[];
}

export interface Fill {
  readonly color: string;
  readonly opacity: number;
}

export interface Words {
  readonly color: string;
  /** In pixels. */
  readonly size: number;
  readonly align: "left" | "center" | "right";
  readonly baseline: "top" | "middle" | "bottom";
  /** Behind the words, so that lines leave them readable. */
  readonly ground?: string;
  /** Read from below upwards. */
  readonly isUpright?: boolean;
}

/** What a plot is painted on, in pixels from the upper left corner: a canvas, or the text of an SVG. */
export interface Brush {
  stroke(path: (pen: Pen) => void, look: Stroke): void;
  fill(path: (pen: Pen) => void, look: Fill): void;
  text(words: string, x: number, y: number, look: Words): void;
  /** What `paint` does is seen only inside the rectangle. */
  within(x: number, y: number, width: number, height: number, paint: () => void): void;
}

export const FONT =
  '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif';

/** About as wide as words of `size` are, in pixels: enough to keep labels off each other. */
export const widthOf = (words: string, size: number): number => words.length * size * 0.56;

/** Of the ground behind words, from the point that they are written at. */
export function groundBox(words: string, { size, align }: Pick<Words, "size" | "align">) {
  const width = widthOf(words, size) + 6;
  const left = { left: -3, center: -width / 2, right: 3 - width }[align];
  return { left, top: -size / 2 - 2, width, height: size + 4 };
}
