import type { ModelDescription } from "../model/describeModel.js";
import type { LayerDescription } from "../model/layerDescription.js";
import { sizeOf, type Tensor, type Tensors } from "../tensor.js";

/** A whole weight, or some columns of a matrix. */
export interface WeightPiece {
  /** Such as `dense/kernel`. */
  readonly weight: string;
  readonly weightShape: readonly number[];
  readonly firstColumn: number;
  /** Columns of a matrix that is cut; the whole last axis otherwise. */
  readonly columns: number;
  /** The weight's axes in the order in which the graph holds them. */
  readonly axes: readonly number[];
}

/** What the graph holds and updates as one tensor: one piece, or several small weights end to end. */
export interface WeightBlock {
  /** Unique in the graph. */
  readonly id: string;
  /** Of the tensor as the graph holds it. */
  readonly shape: readonly number[];
  /** The optimizer moves it; moving statistics follow the data by themselves. */
  readonly trainable: boolean;
  readonly pieces: readonly WeightPiece[];
}

export interface BlockLimits {
  /** Matrices of more numbers are cut into blocks of columns of about so many. */
  readonly cutAbove: number;
  /** Weights of fewer numbers share one block. */
  readonly packBelow: number;
  /** A first kernel of at least so many columns is held transposed, where the network allows it. */
  readonly transposeFrom: number;
}

/** Every weight a block of its own. */
export const WHOLE_WEIGHTS: BlockLimits = {
  cutAbove: Number.POSITIVE_INFINITY,
  packBelow: 0,
  transposeFrom: Number.POSITIVE_INFINITY,
};

/**
 * Limits for training. One thread is fastest when a block, its gradient and its moments stay in
 * the cache from one pass of the optimizer to the next; several threads need whole matrices to
 * share out. For small weights each operation's fixed cost is most of its time. A product copies
 * its second matrix into an order of its own, so a first kernel larger than the batch goes first.
 * Measured: docs/decisions/training-graph.md
 */
export const trainingLimits = (threads: number): BlockLimits => ({
  cutAbove: threads === 1 ? 262_144 : Number.POSITIVE_INFINITY,
  packBelow: 8192,
  transposeFrom: 128,
});

/** Columns in a block are a multiple of this, the widest step of the matrix product. */
const COLUMN_STEP = 16;

/** Kernels of convolutions are [height, width, channels, filters]; onnxruntime wants filters first. */
const FILTERS_FIRST = [3, 2, 0, 1];

export function weightBlocks(model: ModelDescription, limits: BlockLimits): WeightBlock[] {
  const transposed = transposedKernel(model, limits);
  const pieceOf = (weight: string, weightShape: readonly number[]): WeightPiece => ({
    weight,
    weightShape,
    firstColumn: 0,
    columns: weightShape.at(-1) ?? 1,
    axes: weight === transposed ? [1, 0] : axesOf(weightShape),
  });
  const pieces = (trainable: boolean) =>
    model.weights
      .filter((weight) => weight.trainable === trainable)
      .map(({ name, shape }) => pieceOf(name, shape));
  const trained = pieces(true);
  const small = trained.filter(({ weightShape }) => sizeOf(weightShape) < limits.packBelow);
  const packed = small.length > 1 ? small : [];
  const blocks = [
    ...trained
      .filter((piece) => !packed.includes(piece))
      .flatMap((piece) => cutColumns(piece, limits.cutAbove)),
    ...pieces(false).map((piece) => ({ ...wholeBlock(piece), trainable: false })),
  ];
  if (packed.length === 0) return blocks;
  const size = packed.reduce((sum, { weightShape }) => sum + sizeOf(weightShape), 0);
  return [...blocks, { id: "packed", shape: [size], trainable: true, pieces: packed }];
}

const axesOf = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? FILTERS_FIRST : shape.map((_, axis) => axis);

const wholeBlock = (piece: WeightPiece): WeightBlock => ({
  id: piece.weight,
  shape: heldShape(piece),
  trainable: true,
  pieces: [piece],
});

function cutColumns(piece: WeightPiece, numbers: number): WeightBlock[] {
  const { weight, weightShape } = piece;
  const [, columns = 0] = weightShape;
  if (weightShape.length !== 2 || sizeOf(weightShape) <= numbers) return [wholeBlock(piece)];
  const count = Math.ceil(sizeOf(weightShape) / numbers);
  const width = Math.ceil(columns / count / COLUMN_STEP) * COLUMN_STEP;
  const blocks: WeightBlock[] = [];
  for (let firstColumn = 0; firstColumn < columns; firstColumn += width) {
    const part = { ...piece, firstColumn, columns: Math.min(width, columns - firstColumn) };
    blocks.push({ ...wholeBlock(part), id: `${weight}:${firstColumn}` });
  }
  return blocks;
}

/** The piece's shape as the weight has it. */
const cutShape = ({ weightShape, columns }: WeightPiece): readonly number[] => [
  ...weightShape.slice(0, -1),
  columns,
];

/** The piece's shape as the graph has it. */
export function heldShape(piece: WeightPiece): readonly number[] {
  const shape = cutShape(piece);
  return piece.axes.map((axis) => shape[axis] as number);
}

/**
 * The first Dense kernel, if it is to be held transposed. Outputs of such a layer are [units, batch]:
 * another Dense has to follow, and what is between the two may not look at whole rows.
 */
function transposedKernel(
  { layers }: ModelDescription,
  { transposeFrom }: BlockLimits,
): string | undefined {
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

/** The block's numbers out of whole weights. */
export function cutBlock(block: WeightBlock, weights: Tensors): Float32Array {
  const data = new Float32Array(sizeOf(block.shape));
  let to = 0;
  for (const piece of block.pieces) {
    const weight = (weights.get(piece.weight) as Tensor).data;
    const part = new Float32Array(sizeOf(cutShape(piece)));
    let at = 0;
    for (const { from, length } of stretchesOf(piece)) {
      part.set(weight.subarray(from, from + length), at);
      at += length;
    }
    data.set(permuted(part, cutShape(piece), piece.axes), to);
    to += part.length;
  }
  return data;
}

/** Puts blocks back together as whole weights, in new memory. */
export function joinBlocks(
  blocks: readonly WeightBlock[],
  names: readonly string[],
  dataOf: (block: WeightBlock) => Float32Array,
): Tensors {
  const weights = new Map<string, Tensor>();
  for (const block of blocks) {
    const data = dataOf(block);
    let from = 0;
    for (const piece of block.pieces) {
      const { weight, weightShape: shape, axes } = piece;
      const joined = weights.get(weight) ?? { shape, data: new Float32Array(sizeOf(shape)) };
      const held = data.subarray(from, from + sizeOf(cutShape(piece)));
      const back = axes.map((_, axis) => axes.indexOf(axis));
      const part = permuted(held, heldShape(piece), back);
      let at = 0;
      for (const stretch of stretchesOf(piece)) {
        joined.data.set(part.subarray(at, at + stretch.length), stretch.from);
        at += stretch.length;
      }
      from += held.length;
      weights.set(weight, joined);
    }
  }
  return new Map(names.map((name) => [name, weights.get(name) as Tensor]));
}

/** Where the piece's numbers lie in its weight: in one stretch, if it is whole. */
function* stretchesOf({ weightShape, firstColumn, columns }: WeightPiece) {
  const all = weightShape.at(-1) ?? 1;
  const rows = sizeOf(weightShape) / all;
  if (columns === all) {
    yield { from: 0, length: rows * all };
    return;
  }
  for (let row = 0; row < rows; row++) yield { from: row * all + firstColumn, length: columns };
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
