import type { ModelDescription } from "../describeModel.js";
import { biasName, kernelName } from "../initialWeights.js";
import type { Tensor, Tensors } from "../tensor.js";

/** Some columns of a weight matrix, or a whole vector: what the graph holds as one tensor. */
export interface WeightBlock {
  /** Unique in the graph. */
  readonly id: string;
  /** The weight that it is part of, such as `dense/kernel`. */
  readonly weight: string;
  readonly weightShape: readonly number[];
  readonly shape: readonly number[];
  readonly firstColumn: number;
}

export interface LayerBlocks {
  readonly kernel: readonly WeightBlock[];
  readonly bias: WeightBlock | undefined;
}

/**
 * Numbers a block may hold. One thread is fastest when a block, its gradient, its moments and the
 * passes' results stay in the L2 cache from pass to pass; several threads need whole matrices to
 * share out. Measured for the seed's network: docs/decisions/0005-training-graph.md
 */
export const blockNumbers = (threads: number): number => (threads === 1 ? 65_536 : Infinity);

/** Columns in a block are a multiple of this, the widest step of the matrix product. */
const COLUMN_STEP = 16;

export function weightBlocks(model: ModelDescription, numbers: number): LayerBlocks[] {
  return model.dense.map((layer) => {
    const { inputs, units } = layer;
    const count = Math.ceil((inputs * units) / numbers);
    const width = Math.ceil(units / count / COLUMN_STEP) * COLUMN_STEP;
    const weight = kernelName(layer);
    const kernel: WeightBlock[] = [];
    for (let firstColumn = 0; firstColumn < units; firstColumn += width) {
      kernel.push({
        id: `${weight}:${firstColumn}`,
        weight,
        weightShape: [inputs, units],
        shape: [inputs, Math.min(width, units - firstColumn)],
        firstColumn,
      });
    }
    const bias = biasName(layer);
    return {
      kernel,
      bias: layer.useBias
        ? { id: bias, weight: bias, weightShape: [units], shape: [units], firstColumn: 0 }
        : undefined,
    };
  });
}

export const allBlocks = (layers: readonly LayerBlocks[]): WeightBlock[] =>
  layers.flatMap(({ kernel, bias }) => (bias === undefined ? kernel : [...kernel, bias]));

/** The block's columns of its weight. */
export function cutBlock(block: WeightBlock, weight: Tensor): Float32Array {
  if (block.shape.length === 1) return weight.data.slice();
  const [rows = 0, width = 0] = block.shape;
  const [, columns = 0] = weight.shape;
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const from = row * columns + block.firstColumn;
    data.set(weight.data.subarray(from, from + width), row * width);
  }
  return data;
}

/** Puts blocks back together as whole weights. */
export function joinBlocks(
  blocks: readonly WeightBlock[],
  dataOf: (block: WeightBlock) => Float32Array,
): Tensors {
  const weights = new Map<string, Tensor>();
  for (const block of blocks) {
    const data = dataOf(block);
    const [rows = 0, columns = 0] = block.weightShape;
    const [, width = 0] = block.shape;
    if (block.weightShape.length === 1 || width === columns) {
      weights.set(block.weight, { shape: block.weightShape, data });
      continue;
    }
    const whole = weights.get(block.weight) ?? {
      shape: block.weightShape,
      data: new Float32Array(rows * columns),
    };
    for (let row = 0; row < rows; row++) {
      whole.data.set(
        data.subarray(row * width, (row + 1) * width),
        row * columns + block.firstColumn,
      );
    }
    weights.set(block.weight, whole);
  }
  return weights;
}
