import type { OpGraph, OpNode, Value } from "../opGraph.js";

/** What a rule finds on its way back through the graph. */
export interface Tape {
  readonly graph: OpGraph;
  needs(value: Value): boolean;
  /** The gradient that `value` has so far, "" for none. */
  accumulated(value: Value): Value;
  /** Replaces the gradient of `value`. */
  set(value: Value, gradient: Value): void;
  /** Adds to the gradient of `value`, if it needs one at all. */
  give(value: Value, gradientOf: () => Value): void;
}

/**
 * Passes the gradients of the node's outputs on to its inputs. An output that is not used has the
 * gradient "", but never all of them. Where two shapes meet, the smaller operand is known to the
 * graph as spread over axes of the other (`OpGraph.spread`), or is a scalar that needs no gradient.
 */
export type Rule = (node: OpNode, gradients: readonly Value[], tape: Tape) => void;

/** One of the inputs, outputs or gradients, of which each rule knows how many there are. */
export const at = (values: readonly Value[], index: number): Value => values[index] as Value;

/** A gradient of the larger operand's shape as one of `operand`'s. */
export function summed(graph: OpGraph, gradient: Value, operand: Value): Value {
  const spread = graph.spreads.get(operand);
  if (spread === undefined) return gradient;
  const { axes, keepdims } = spread;
  return graph.add("ReduceSum", [gradient, graph.integers(...axes)], { keepdims });
}
