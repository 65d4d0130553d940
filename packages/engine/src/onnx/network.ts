import type { Activation } from "@sweepyard/contract";
import type { ModelDescription } from "../describeModel.js";
import { biasName, kernelName } from "../initialWeights.js";
import { sizeOf } from "../tensor.js";
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
  let output = input;
  for (const layer of model.dense) {
    const bias = layer.useBias ? pieces.get(biasName(layer))?.[0]?.value : undefined;
    logits = addDense(graph, output, pieces.get(kernelName(layer)) ?? [], bias);
    output = addActivation(graph, layer.activation, logits);
  }
  return { logits, probabilities: output };
}

interface Piece {
  readonly value: Value;
  /** Columns of a matrix. */
  readonly width: number;
}

/** The values of each weight's pieces, from its first column to its last. */
function addPieces(graph: OpGraph, blocks: readonly WeightBlock[]): Map<string, Piece[]> {
  const pieces = new Map<string, Piece[]>();
  for (const block of blocks) {
    const values = block.pieces.length === 1 ? [block.id] : unpack(graph, block);
    block.pieces.forEach(({ weight, shape }, index) => {
      const piece = { value: values[index] as Value, width: shape[1] ?? 0 };
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

/** x·kernel + bias, by blocks of the kernel's columns. */
function addDense(graph: OpGraph, x: Value, kernel: readonly Piece[], bias?: Value): Value {
  const [only] = kernel;
  if (only !== undefined && kernel.length === 1)
    return graph.add("Gemm", bias === undefined ? [x, only.value] : [x, only.value, bias]);
  const z = graph.concat(
    kernel.map(({ value }) => graph.add("Gemm", [x, value])),
    kernel.map(({ width }) => width),
  );
  return bias === undefined ? z : graph.add("Add", [z, bias]);
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
  }
}
