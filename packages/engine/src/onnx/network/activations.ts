import type { Activation } from "@sweepyard/contract";
import type { OpGraph, Value } from "../opGraph.js";
import { channelView, type Signal } from "./signal.js";

/** Adds an activation, with Keras' constants. */
export function addActivation(graph: OpGraph, activation: Activation, signal: Signal): Signal {
  if (activation === "linear") return signal;
  if (activation === "softmax") {
    const view = channelView(graph, signal);
    return view.back(graph.add("Softmax", [view.value], { axis: view.channel }));
  }
  return { ...signal, value: elementwise(graph, activation, signal.value) };
}

/** @see Hendrycks & Gimpel, Gaussian Error Linear Units (2016); Klambauer et al. (2017) for selu */
function elementwise(
  graph: OpGraph,
  activation: Exclude<Activation, "linear" | "softmax">,
  z: Value,
): Value {
  const times = (value: Value, factor: number) => graph.add("Mul", [value, graph.scalar(factor)]);
  const half = (value: Value) => {
    const onePlus = graph.add("Add", [value, graph.scalar(1)]);
    return graph.add("Mul", [times(z, 0.5), onePlus]);
  };
  switch (activation) {
    case "relu":
      return graph.add("Relu", [z]);
    case "relu6":
      return cappedRelu(graph, z, 6);
    case "leaky_relu":
      return leakyRelu(graph, z, 0.2);
    case "elu":
      return elu(graph, z, 1);
    case "selu":
      return graph.add("Selu", [z]);
    case "gelu":
      return half(graph.add("Erf", [times(z, Math.SQRT1_2)]));
    case "gelu_new": {
      const squared = graph.add("Mul", [z, z]);
      const bent = graph.add("Add", [times(squared, 0.044715), graph.scalar(1)]);
      const inner = graph.add("Mul", [times(z, Math.sqrt(2 / Math.PI)), bent]);
      return half(graph.add("Tanh", [inner]));
    }
    case "tanh":
      return graph.add("Tanh", [z]);
    case "sigmoid":
      return graph.add("Sigmoid", [z]);
    case "silu":
      return graph.add("Mul", [z, graph.add("Sigmoid", [z])]);
    case "softplus":
      return graph.add("Softplus", [z]);
    case "softsign":
      return graph.add("Softsign", [z]);
  }
}

export const leakyRelu = (graph: OpGraph, z: Value, slope: number): Value =>
  graph.add("LeakyRelu", [z], { alpha: { float: slope } });

export const elu = (graph: OpGraph, z: Value, alpha: number): Value =>
  graph.add("Elu", [z], { alpha: { float: alpha } });

/** Clip alone would let the gradient pass at 0, which relu does not. */
export const cappedRelu = (graph: OpGraph, z: Value, most: number): Value =>
  graph.add("Clip", [graph.add("Relu", [z]), "", graph.scalar(most)]);
