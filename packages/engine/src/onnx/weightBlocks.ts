import type { ModelDescription } from "../model/describeModel.js";
import { sizeOf, type Tensor, type Tensors } from "../tensor.js";
import { biasName, denseLayers, kernelName } from "./denseLayers.js";

/** A whole weight, or some columns of one. */
export interface WeightPiece {
  /** Such as `dense/kernel`. */
  readonly weight: string;
  readonly weightShape: readonly number[];
  readonly firstColumn: number;
  readonly shape: readonly number[];
}

/** What the graph holds and updates as one tensor: one piece, or several small weights end to end. */
export interface WeightBlock {
  /** Unique in the graph. */
  readonly id: string;
  /** Of the tensor as the graph holds it. */
  readonly shape: readonly number[];
  /** Held as [columns, rows] of its one piece. */
  readonly transposed: boolean;
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

export function weightBlocks(model: ModelDescription, limits: BlockLimits): WeightBlock[] {
  const weights = denseLayers(model).flatMap((layer) => {
    const kernel = whole(kernelName(layer), [layer.inputs, layer.units]);
    return layer.useBias ? [kernel, whole(biasName(layer), [layer.units])] : [kernel];
  });
  const small = weights.filter(({ shape }) => sizeOf(shape) < limits.packBelow);
  const packed = small.length > 1 ? small : [];
  const blocks = weights
    .filter((weight) => !packed.includes(weight))
    .flatMap((weight) => cutColumns(weight, limits.cutAbove))
    .map((block) => (isTransposed(block, model, limits) ? transposed(block) : block));
  if (packed.length === 0) return blocks;
  const size = packed.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [...blocks, { id: "packed", shape: [size], transposed: false, pieces: packed }];
}

const whole = (weight: string, shape: readonly number[]): WeightPiece => ({
  weight,
  weightShape: shape,
  firstColumn: 0,
  shape,
});

function cutColumns(piece: WeightPiece, numbers: number): WeightBlock[] {
  const { weight, weightShape } = piece;
  const [rows = 0, columns] = weightShape;
  if (columns === undefined || sizeOf(weightShape) <= numbers)
    return [{ id: weight, shape: weightShape, transposed: false, pieces: [piece] }];
  const count = Math.ceil(sizeOf(weightShape) / numbers);
  const width = Math.ceil(columns / count / COLUMN_STEP) * COLUMN_STEP;
  const blocks: WeightBlock[] = [];
  for (let firstColumn = 0; firstColumn < columns; firstColumn += width) {
    const shape = [rows, Math.min(width, columns - firstColumn)];
    const pieces = [{ weight, weightShape, firstColumn, shape }];
    blocks.push({ id: `${weight}:${firstColumn}`, shape, transposed: false, pieces });
  }
  return blocks;
}

/** Outputs of such a layer are [units, batch], so another has to follow and nothing may go by rows. */
function isTransposed({ pieces }: WeightBlock, model: ModelDescription, limits: BlockLimits) {
  const [first, second] = denseLayers(model);
  return (
    first !== undefined &&
    second !== undefined &&
    first.activation !== "softmax" &&
    first.units >= limits.transposeFrom &&
    pieces[0]?.weight === kernelName(first)
  );
}

const transposed = (block: WeightBlock): WeightBlock => ({
  ...block,
  shape: [...block.shape].reverse(),
  transposed: true,
});

/** The block's numbers out of whole weights. */
export function cutBlock(block: WeightBlock, weights: Tensors): Float32Array {
  const data = new Float32Array(sizeOf(block.shape));
  let to = 0;
  for (const piece of block.pieces) {
    const weight = (weights.get(piece.weight) as Tensor).data;
    for (const { from, length } of rowsOf(piece)) {
      data.set(weight.subarray(from, from + length), to);
      to += length;
    }
  }
  return block.transposed ? transpose(data, block.shape[0] as number) : data;
}

/** Puts blocks back together as whole weights, in new memory. */
export function joinBlocks(
  blocks: readonly WeightBlock[],
  names: readonly string[],
  dataOf: (block: WeightBlock) => Float32Array,
): Tensors {
  const weights = new Map<string, Tensor>();
  for (const block of blocks) {
    const data = block.transposed
      ? transpose(dataOf(block), block.shape[1] as number)
      : dataOf(block);
    let at = 0;
    for (const piece of block.pieces) {
      const { weight, weightShape: shape } = piece;
      const joined = weights.get(weight) ?? { shape, data: new Float32Array(sizeOf(shape)) };
      for (const { from, length } of rowsOf(piece)) {
        joined.data.set(data.subarray(at, at + length), from);
        at += length;
      }
      weights.set(weight, joined);
    }
  }
  return new Map(names.map((name) => [name, weights.get(name) as Tensor]));
}

/** Where the piece's rows lie in its weight: one stretch, if it is whole. */
function* rowsOf({ weightShape, shape, firstColumn }: WeightPiece) {
  const [rows = 0, columns = 0] = weightShape;
  const [, width = 0] = shape;
  if (width === columns) {
    yield { from: 0, length: sizeOf(shape) };
    return;
  }
  for (let row = 0; row < rows; row++) yield { from: row * columns + firstColumn, length: width };
}

/** A copy of a matrix of so many columns with rows and columns exchanged. */
function transpose(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = matrix[row * columns + column] as number;
  return result;
}

/** Names of all weights, layer by layer. */
export const weightNames = (model: ModelDescription): string[] =>
  denseLayers(model).flatMap((layer) =>
    layer.useBias ? [kernelName(layer), biasName(layer)] : [kernelName(layer)],
  );
