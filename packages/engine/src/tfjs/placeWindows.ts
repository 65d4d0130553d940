type Pair = readonly [number, number];
type Images = { readonly shape: readonly number[] };

/** Where the windows of a convolution or pooling lie. */
export interface Windows {
  readonly strides: [number, number];
  /** Rows and columns of windows. */
  readonly output: [number, number];
  /** What stands around [batch, height, width, channels] before and after. */
  readonly pads: [[number, number], [number, number], [number, number], [number, number]];
  /** Row and column in the window, row by row. */
  readonly cells: readonly Pair[];
}

/** `same` pads the odd row or column at the bottom and the right. */
export function placeWindows(
  x: Images,
  y: Images,
  {
    size,
    strides,
    padding,
  }: { readonly size: Pair; readonly strides: Pair; readonly padding: "same" | "valid" },
): Windows {
  const around = (axis: 0 | 1): [number, number] => {
    const inputs = x.shape[axis + 1] ?? 0;
    const outputs = y.shape[axis + 1] ?? 0;
    const missing = (outputs - 1) * strides[axis] + size[axis] - inputs;
    if (padding === "valid" || missing <= 0) return [0, 0];
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  };
  const [down, across] = size;
  return {
    strides: [...strides],
    output: [y.shape[1] ?? 0, y.shape[2] ?? 0],
    pads: [[0, 0], around(0), around(1), [0, 0]],
    cells: Array.from(
      { length: down * across },
      (_, cell): Pair => [Math.floor(cell / across), cell % across],
    ),
  };
}
