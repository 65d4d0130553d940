import { AppError, type Conv2DLayer, type Layer } from "@sweepyard/contract";

type Shape = readonly number[];
type Pair = readonly [number, number];

/** Layers that move a window over height and width. */
export type WindowLayer =
  | Conv2DLayer
  | Extract<Layer, { class_name: "MaxPooling2D" | "AveragePooling2D" }>;

export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly padding: "valid" | "same";
}

/** One number for height and width, or both. */
const pairOf = (sides: number | readonly [number, number]): Pair =>
  typeof sides === "number" ? [sides, sides] : sides;

/** Without `strides` the windows of a pooling lie side by side. */
export function windowOf(layer: WindowLayer): Window {
  const size = pairOf(layer.class_name === "Conv2D" ? layer.kernel_size : layer.pool_size);
  const strides = layer.strides === undefined ? size : pairOf(layer.strides);
  return { size, strides, padding: layer.padding };
}

/**
 * Height and width of a window layer's outputs.
 * @throws {AppError} `shape_mismatch` if the window is larger than what it moves over.
 */
export function windowOutput(layer: WindowLayer, name: string, input: Shape): Pair {
  const { size, strides, padding } = windowOf(layer);
  const side = (axis: 0 | 1) => {
    const inputs = input[axis] ?? 0;
    return padding === "same"
      ? Math.ceil(inputs / strides[axis])
      : Math.floor((inputs - size[axis]) / strides[axis]) + 1;
  };
  const output: Pair = [side(0), side(1)];
  if (output.every((length) => length > 0)) return output;
  const field = layer.class_name === "Conv2D" ? "kernel_size" : "pool_size";
  throw new AppError(
    "shape_mismatch",
    `layer "${name}" (${layer.class_name}) has ${field} [${size.join(", ")}] and gets images of ` +
      `only ${input[0]} × ${input[1]}: make it smaller, use padding same, or have fewer layers ` +
      `that shrink the image before it`,
  );
}

/**
 * Rows or columns of zeros before and after a side, of which `same` puts the odd one after.
 * @see https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function paddingOf({ size, strides, padding }: Window, input: Shape, axis: 0 | 1): Pair {
  if (padding === "valid") return [0, 0];
  const inputs = input[axis] ?? 0;
  const outputs = Math.ceil(inputs / strides[axis]);
  const all = Math.max(0, (outputs - 1) * strides[axis] + size[axis] - inputs);
  return [Math.floor(all / 2), Math.ceil(all / 2)];
}
