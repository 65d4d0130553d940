import type { Activation } from "@sweepyard/contract";
import type { ModelDescription } from "../model/describeModel.js";
import { sizeOf } from "../tensor.js";
import { biasName, denseLayers, kernelName } from "./denseLayers.js";
import type { OpGraph, Value } from "./opGraph.js";
import type { WeightBlock } from "./weightBlocks.js";

export interface NetworkOutput {
  /** Before the last activation, [B, classes]. */
  readonly logits: Value;
  /** After it. */
  readonly probabilities: Value;
}

/** Adds the network's forward pass on `input` [B, inputs]. A weight block's value is its id. */
export function addNetwork(
  graph: OpGraph,
  model: ModelDescription,
  blocks: readonly WeightBlock[],
  input: Value,
): NetworkOutput {
  const pieces = addPieces(graph, blocks);
  let logits = input;
  let output: Activations = { value: input, transposed: false };
  for (const layer of denseLayers(model)) {
    const bias = layer.useBias ? pieces.get(biasName(layer))?.[0]?.value : undefined;
    const z = addDense(graph, output, pieces.get(kernelName(layer)) ?? [], bias);
    logits = z.value;
    output = { ...z, value: addActivation(graph, layer.activation, logits) };
  }
  return { logits, probabilities: output.value };
}

interface Activations {
  /** [B, units], or [units, B] if transposed. */
  readonly value: Value;
  readonly transposed: boolean;
}

interface Piece {
  readonly value: Value;
  /** Columns of a matrix. */
  readonly width: number;
  /** [columns, rows] */
  readonly transposed: boolean;
}

/** The values of each weight's pieces, from its first column to its last. */
function addPieces(graph: OpGraph, blocks: readonly WeightBlock[]): Map<string, Piece[]> {
  const pieces = new Map<string, Piece[]>();
  for (const block of blocks) {
    const values = block.pieces.length === 1 ? [block.id] : unpack(graph, block);
    block.pieces.forEach(({ weight, shape }, index) => {
      const { transposed } = block;
      const piece = { value: values[index] as Value, width: shape[1] ?? 0, transposed };
      pieces.set(weight, [...(pieces.get(weight) ?? []), piece]);
    });
  }
  return pieces;
}

function unpack(graph: OpGraph, { id, pieces }: WeightBlock): Value[] {
  const sizes = graph.integers(...pieces.map(({ shape }) => sizeOf(shape)));
  const parts = graph.addMany("Split", [id, sizes], pieces.length, { axis: 0 });
  return parts.map((part, index) => {
    const shape = pieces[index]?.shape ?? [];
    return shape.length === 1 ? part : graph.add("Reshape", [part, graph.integers(...shape)]);
  });
}

/** x·kernel + bias, by blocks of the kernel's columns; (x·kernel)ᵀ + bias if it is transposed. */
function addDense(
  graph: OpGraph,
  x: Activations,
  kernel: readonly Piece[],
  vector?: Value,
): Activations {
  const transposed = kernel[0]?.transposed ?? false;
  const bias = vector !== undefined && transposed ? graph.column(vector) : vector;
  const product = (w: Value, ...added: Value[]) =>
    transposed
      ? graph.add("Gemm", [w, x.value, ...added], { transB: x.transposed ? 0 : 1 })
      : graph.add("Gemm", [x.value, w, ...added], { transA: x.transposed ? 1 : 0 });
  const [only] = kernel;
  if (only !== undefined && kernel.length === 1) {
    const value = bias === undefined ? product(only.value) : product(only.value, bias);
    return { value, transposed };
  }
  const z = graph.concat(
    kernel.map(({ value }) => product(value)),
    kernel.map(({ width }) => width),
    transposed ? 0 : 1,
  );
  return { value: bias === undefined ? z : graph.add("Add", [z, bias]), transposed };
}

function addActivation(graph: OpGraph, activation: Activation, z: Value): Value {
  switch (activation) {
    case "linear":
      return z;
    case "relu":
      return graph.add("Relu", [z]);
    case "tanh":
      return graph.add("Tanh", [z]);
    case "sigmoid":
      return graph.add("Sigmoid", [z]);
    case "softmax":
      return graph.add("Softmax", [z], { axis: -1 });
    default:
      throw new Error(`no activation ${activation}`);
  }
}
