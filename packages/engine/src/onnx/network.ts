import type { Activation } from "@sweepyard/contract";
import type { ModelDescription } from "../describeModel.js";
import type { OpGraph, Value } from "./opGraph.js";
import type { LayerBlocks } from "./weightBlocks.js";

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
  blocks: readonly LayerBlocks[],
  input: Value,
): NetworkOutput {
  let logits = input;
  let output = input;
  model.dense.forEach((layer, index) => {
    const { kernel = [], bias } = blocks[index] ?? {};
    logits = addDense(graph, output, kernel, bias);
    output = addActivation(graph, layer.activation, logits);
  });
  return { logits, probabilities: output };
}

/** x·kernel + bias, by blocks of the kernel's columns. */
function addDense(
  graph: OpGraph,
  x: Value,
  kernel: LayerBlocks["kernel"],
  bias: LayerBlocks["bias"],
): Value {
  const [only] = kernel;
  if (only !== undefined && kernel.length === 1)
    return graph.add("Gemm", bias === undefined ? [x, only.id] : [x, only.id, bias.id]);
  const products = kernel.map((block) => graph.add("Gemm", [x, block.id]));
  const z = graph.addColumns(
    products,
    kernel.map(({ shape }) => shape[1] ?? 0),
  );
  return bias === undefined ? z : graph.add("Add", [z, bias.id]);
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
