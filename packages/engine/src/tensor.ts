/** Numbers with a shape: flat, row-major, the last axis fastest. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name, in a fixed order. Weights are named as Keras does: `dense/kernel` [in, out]. */
export type Tensors = ReadonlyMap<string, Tensor>;

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, axis) => size * axis, 1);
