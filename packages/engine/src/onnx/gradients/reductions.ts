import type { OpGraph, OpNode, Value } from "../opGraph.js";
import { at, type Rule, type Tape } from "./rule.js";

export const REDUCTION_RULES: Readonly<Record<string, Rule>> = {
  /** Spreads the gradient over what was summed. */
  ReduceSum(node, [d = ""], tape) {
    spread(node, d, tape);
  },

  ReduceMean(node, [d = ""], tape) {
    const { graph } = tape;
    const x = at(node.inputs, 0);
    if (!tape.needs(x)) return;
    const float = (value: Value) => graph.add("CastLike", [value, d]);
    const size = (value: Value) => float(graph.add("Size", [value]));
    // A whole number: where one value is its own mean, its gradient stays what it was to the bit.
    const averaged = graph.add("Div", [size(x), size(d)]);
    spread(node, graph.add("Div", [d, averaged]), tape);
  },

  /** Equal highest numbers share the gradient, as TensorFlow has it. */
  ReduceMax(node, [d = ""], { graph, give }) {
    const [x, y] = [at(node.inputs, 0), at(node.outputs, 0)];
    give(x, () => {
      const isHighest = graph.add("CastLike", [
        graph.add("Equal", [x, withAxes(graph, node, y)]),
        y,
      ]);
      const count = graph.add("ReduceSum", [isHighest, at(node.inputs, 1)], { keepdims: 1 });
      const share = graph.add("Div", [withAxes(graph, node, d), count]);
      return graph.add("Mul", [isHighest, share]);
    });
  },

  /** All of x: Σx² */
  ReduceSumSquare({ inputs }, [d = ""], { graph, give }) {
    const x = at(inputs, 0);
    give(x, () => graph.add("Mul", [x, graph.add("Add", [d, d])]));
  },

  /** All of x: Σ|x|, whose derivative at 0 is taken to be 0 */
  ReduceL1({ inputs }, [d = ""], { graph, give }) {
    const x = at(inputs, 0);
    give(x, () => graph.add("Mul", [graph.add("Sign", [x]), d]));
  },
};

/** Adds the same gradient to all that was reduced to one number; an addition spreads by itself. */
function spread(node: OpNode, d: Value, { graph, needs, accumulated, set }: Tape): void {
  const x = at(node.inputs, 0);
  if (!needs(x)) return;
  const whole = withAxes(graph, node, d);
  const soFar = accumulated(x);
  set(
    x,
    soFar === ""
      ? graph.add("Expand", [whole, graph.add("Shape", [x])])
      : graph.add("Add", [soFar, whole]),
  );
}

/** The reduced axes again, with size 1; a scalar needs none. */
function withAxes(graph: OpGraph, { inputs, attributes }: OpNode, value: Value): Value {
  const [, axes] = inputs;
  return attributes.keepdims === 1 || axes === undefined
    ? value
    : graph.add("Unsqueeze", [value, axes]);
}
