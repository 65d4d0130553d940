import type { ModelDescription } from "../model/describeModel.js";
import type { LayerDescription } from "../model/layerDescription.js";
import { sizeOf } from "../tensor.js";

/** A weight as the graph holds it. Its value in the graph has the weight's own name. */
export interface HeldWeight {
  /** Such as `dense/kernel`. */
  readonly name: string;
  /** The weight's axes in the order in which the graph holds them. */
  readonly axes: readonly number[];
  /** Of the weight itself. */
  readonly weightShape: readonly number[];
  /** Of the tensor in the graph. */
  readonly shape: readonly number[];
  /** The optimizer moves it; moving statistics follow the data by themselves. */
  readonly trainable: boolean;
}

/**
 * A first Dense kernel of at least so many columns is held transposed in training. A product copies
 * its second matrix into an order of its own, so a kernel larger than the batch goes first.
 * Measured: docs/decisions/training-graph.md
 */
export const TRANSPOSE_FROM = 128;

/** Kernels of convolutions are [height, width, channels, filters]; onnxruntime wants filters first. */
const FILTERS_FIRST = [3, 2, 0, 1];

/** @param transposeFrom columns from which on a first kernel is held transposed, where it may be. */
export function heldWeights(
  model: ModelDescription,
  transposeFrom = Number.POSITIVE_INFINITY,
): HeldWeight[] {
  const transposed = transposedKernel(model, transposeFrom);
  return model.weights.map(({ name, shape: weightShape, trainable }) => {
    const axes = name === transposed ? [1, 0] : axesOf(weightShape);
    const shape = axes.map((axis) => weightShape[axis] as number);
    return { name, axes, weightShape, shape, trainable };
  });
}

export const isTransposed = ({ axes }: HeldWeight): boolean => axes.length === 2 && axes[0] === 1;

const axesOf = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? FILTERS_FIRST : shape.map((_, axis) => axis);

/**
 * The first Dense kernel, if it is to be held transposed. Outputs of such a layer are [units, batch]:
 * another Dense has to follow, and what is between the two may not look at whole rows.
 */
function transposedKernel({ layers }: ModelDescription, transposeFrom: number): string | undefined {
  const index = layers.findIndex(({ layer }) => layer.class_name !== "Flatten");
  const first = layers[index];
  if (first?.layer.class_name !== "Dense") return undefined;
  const next = layers.slice(index + 1).find((layer) => !goesByColumns(layer));
  const { units, activation } = first.layer;
  const isAllowed = next?.layer.class_name === "Dense" && activation !== "softmax";
  return isAllowed && units >= transposeFrom ? `${first.name}/kernel` : undefined;
}

function goesByColumns({ layer }: LayerDescription): boolean {
  switch (layer.class_name) {
    case "Activation":
      return layer.activation !== "softmax";
    case "BatchNormalization":
    case "Dropout":
    case "ELU":
    case "Flatten":
    case "GaussianNoise":
    case "LeakyReLU":
    case "ReLU":
      return true;
    default:
      return false;
  }
}

/** A weight's numbers in the order in which the graph holds them; the same memory if it is no other. */
export const toHeld = ({ weightShape, axes }: HeldWeight, data: Float32Array): Float32Array =>
  permuted(data, weightShape, axes);

/** Held numbers in the weight's own order, in new memory. */
export function fromHeld({ shape, axes }: HeldWeight, held: Float32Array): Float32Array {
  const back = axes.map((_, axis) => axes.indexOf(axis));
  const data = permuted(held, shape, back);
  return data === held ? held.slice() : data;
}

/** Numbers with their axes in another order; the same memory where nothing moves. */
function permuted(
  data: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  if (axes.every((axis, index) => axis === index)) return data;
  const result = new Float32Array(data.length);
  const strides = axes.map((axis) => sizeOf(shape.slice(axis + 1)));
  const sides = axes.map((axis) => shape[axis] as number);
  const [last = 1, stride = 1] = [sides.at(-1), strides.at(-1)];
  const places = new Array<number>(axes.length).fill(0);
  for (let to = 0, from = 0; to < data.length; ) {
    for (let i = 0; i < last; i++) result[to++] = data[from + i * stride] as number;
    for (let axis = sides.length - 2; axis >= 0; axis--) {
      from += strides[axis] as number;
      places[axis] = (places[axis] as number) + 1;
      if ((places[axis] as number) < (sides[axis] as number)) break;
      from -= (strides[axis] as number) * (sides[axis] as number);
      places[axis] = 0;
    }
  }
  return result;
}
