import type { Activation } from "@sweepyard/contract";
import type { LiteBuilder, LiteOp } from "./liteGraph.js";

/** Keras' constants of selu. @see Klambauer et al., Self-Normalizing Neural Networks (2017) */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Adds an activation with Keras' constants; those without an operation are made of several. */
export function addLiteActivation(graph: LiteBuilder, activation: Activation, x: number): number {
  const shape = graph.shapeOf(x);
  const add = (op: LiteOp, inputs: readonly number[]) => graph.add(op, inputs, shape);
  const scalar = (value: number) => graph.scalar(value);
  switch (activation) {
    case "linear":
      return x;
    case "softmax":
      return add("SOFTMAX", [x]);
    case "relu":
      return add("RELU", [x]);
    case "relu6":
      return add("RELU6", [x]);
    case "leaky_relu":
      return graph.add("LEAKY_RELU", [x], shape, { alpha: 0.2 });
    case "elu":
      return add("ELU", [x]);
    case "selu":
      return addElu(graph, x, SELU_ALPHA * SELU_SCALE, SELU_SCALE);
    case "gelu":
      return graph.add("GELU", [x], shape, { approximate: false });
    case "gelu_new":
      return graph.add("GELU", [x], shape, { approximate: true });
    case "tanh":
      return add("TANH", [x]);
    case "sigmoid":
      return add("LOGISTIC", [x]);
    case "silu":
      return add("MUL", [x, add("LOGISTIC", [x])]);
    case "softplus": {
      // max(x, 0) + log(1 + e^−|x|), which cannot overflow
      const decay = add("EXP", [add("MUL", [add("ABS", [x]), scalar(-1)])]);
      const tail = add("LOG", [add("ADD", [decay, scalar(1)])]);
      return add("ADD", [add("RELU", [x]), tail]);
    }
    case "softsign":
      return add("DIV", [x, add("ADD", [add("ABS", [x]), scalar(1)])]);
  }
}

/** scale·x above 0, alpha·(eˣ − 1) below. */
export function addElu(graph: LiteBuilder, x: number, alpha: number, scale = 1): number {
  const shape = graph.shapeOf(x);
  if (alpha === 1 && scale === 1) return graph.add("ELU", [x], shape);
  const above = graph.add("MUL", [graph.add("RELU", [x], shape), graph.scalar(scale)], shape);
  const negative = graph.add("MINIMUM", [x, graph.scalar(0)], shape);
  const bent = graph.add("SUB", [graph.add("EXP", [negative], shape), graph.scalar(1)], shape);
  const below = graph.add("MUL", [bent, graph.scalar(alpha)], shape);
  return graph.add("ADD", [above, below], shape);
}
