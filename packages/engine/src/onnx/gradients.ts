import { elementNumber } from "./onnxModel.js";
import type { OpGraph, OpNode, Value } from "./opGraph.js";

/**
 * Reverse-mode differentiation of an operation graph, by one rule per ONNX operation.
 * The gradient of a value is that of the scalar at the end with respect to it, of its shape.
 * @see Baydin et al., Automatic Differentiation in Machine Learning: a Survey (2018), §3.2
 */
export function addGradients(
  graph: OpGraph,
  end: Value,
  /** Gradient to begin with at `end`: 1, or whatever the whole is to be multiplied by. */
  endGradient: Value,
  parameters: ReadonlySet<Value>,
): ReadonlyMap<Value, Value> {
  const forward = [...graph.nodes];
  const varying = new Set(parameters); // all that a parameter has an influence on
  for (const node of forward) {
    if (node.inputs.some((input) => varying.has(input)))
      for (const output of node.outputs) varying.add(output);
  }

  const gradients = new Map<Value, Value>([[end, endGradient]]);
  const tape: Tape = {
    graph,
    needs: (value) => varying.has(value),
    accumulated: (value) => gradients.get(value) ?? "",
    set: (value, gradient) => gradients.set(value, gradient),
    give(value, gradientOf) {
      if (!varying.has(value)) return;
      const before = gradients.get(value);
      const gradient = gradientOf();
      gradients.set(value, before === undefined ? gradient : graph.add("Add", [before, gradient]));
    },
  };
  for (const node of forward.reverse()) {
    const given = node.outputs.flatMap((output) => gradients.get(output) ?? []);
    if (given.length === 0 || !node.outputs.some((output) => varying.has(output))) continue;
    if (given.length < node.outputs.length) throw new Error(`an output of ${node.op} has no use`);
    const rule = RULES[node.op];
    if (rule === undefined) throw new Error(`no gradient rule for ${node.op}`);
    rule(node, given, tape);
  }
  return gradients;
}

interface Tape {
  readonly graph: OpGraph;
  needs(value: Value): boolean;
  /** The gradient that `value` has so far, "" for none. */
  accumulated(value: Value): Value;
  /** Replaces the gradient of `value`. */
  set(value: Value, gradient: Value): void;
  /** Adds to the gradient of `value`, if it needs one at all. */
  give(value: Value, gradientOf: () => Value): void;
}

/** Passes the gradients of the node's outputs on to its inputs; most nodes have one output. */
type Rule = (node: OpNode, gradients: readonly Value[], tape: Tape) => void;

/** One of the inputs, outputs or gradients, of which each rule knows how many there are. */
const at = (values: readonly Value[], index: number): Value => values[index] as Value;

/**
 * Shapes: activations [B, n], after a transposed kernel [n, B]; scalars []. `Add` takes a vector
 * [n] or, made by `graph.column`, a column [n, 1] as second input, `Mul` and `Div` a column [B, 1];
 * wherever two shapes meet the second is the smaller one.
 */
const RULES: Readonly<Record<string, Rule>> = {
  /**
   * y = l·r (+ b), l and r as they are or transposed: dl = d·rᵀ, dr = lᵀ·d or what these are
   * transposed. What a gradient has so far is added by the same product.
   */
  Gemm({ inputs, attributes }, [d = ""], { graph, needs, accumulated, set, give }) {
    const [l, r, b] = [at(inputs, 0), at(inputs, 1), inputs[2]];
    const { transA = 0, transB = 0 } = attributes as { transA?: 0 | 1; transB?: 0 | 1 };
    const product = (of: Value, factors: [Value, Value], transposed: [number, number]) => {
      if (!needs(of)) return;
      const soFar = accumulated(of);
      const terms = soFar === "" ? factors : [...factors, soFar];
      set(of, graph.add("Gemm", terms, { transA: transposed[0], transB: transposed[1] }));
    };
    product(r, transB === 1 ? [d, l] : [l, d], transB === 1 ? [1, transA] : [1 - transA, 0]);
    if (b !== undefined) give(b, () => sumLike(graph, d, b));
    product(l, transA === 1 ? [r, d] : [d, r], transA === 1 ? [transB, 1] : [0, 1 - transB]);
  },

  /** Each part gets its own rows' or columns' gradient. */
  Concat({ inputs, outputs, attributes }, [d = ""], { graph, give }) {
    const sizes = graph.integers(...(graph.sizes.get(at(outputs, 0)) ?? []));
    const parts = graph.addMany("Split", [d, sizes], inputs.length, attributes);
    inputs.forEach((input, index) => {
      give(input, () => at(parts, index));
    });
  },

  /** Parts of a vector. */
  Split({ inputs }, parts, { graph, give }) {
    give(at(inputs, 0), () => graph.add("Concat", parts, { axis: 0 }));
  },

  Reshape({ inputs }, [d = ""], { graph, give }) {
    const x = at(inputs, 0);
    give(x, () => graph.add("Reshape", [d, graph.add("Shape", [x])]));
  },

  /** z + bias */
  Add({ inputs }, [d = ""], { graph, give }) {
    const bias = at(inputs, 1);
    give(at(inputs, 0), () => d);
    give(bias, () => sumLike(graph, d, bias));
  },

  Neg({ inputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => graph.add("Neg", [d]));
  },

  /** x·constant of the same shape */
  Mul({ inputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => graph.add("Mul", [d, at(inputs, 1)]));
    give(at(inputs, 1), () => graph.add("Mul", [d, at(inputs, 0)]));
  },

  /** y = x / c, c a column [B, 1]: dx = d/c, dc = −Σ over columns of d·y/c */
  Div({ inputs, outputs }, [d = ""], { graph, give }) {
    const [x, c] = [at(inputs, 0), at(inputs, 1)];
    const scaled = graph.add("Div", [d, c]);
    give(x, () => scaled);
    give(c, () =>
      graph.add("Neg", [sumColumns(graph, graph.add("Mul", [scaled, at(outputs, 0)]))]),
    );
  },

  /** Spreads the gradient over what was summed: all of it, or each row. */
  ReduceSum({ inputs }, [d = ""], { graph, give }) {
    const x = at(inputs, 0);
    give(x, () => graph.add("Expand", [d, graph.add("Shape", [x])]));
  },

  Log({ inputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => graph.add("Div", [d, at(inputs, 0)]));
  },

  /** Passes where the input was inside its bounds. */
  Clip({ inputs, outputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => {
      const inside = graph.add("Equal", [at(inputs, 0), at(outputs, 0)]);
      return graph.add("Mul", [d, graph.add("Cast", [inside], { to: elementNumber("float32") })]);
    });
  },

  /** y is 0 where the input was not positive. Two casts take a third of the time of `Sign`. */
  Relu({ inputs, outputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => {
      const positive = graph.add("Cast", [at(outputs, 0)], { to: elementNumber("bool") });
      return graph.add("Mul", [d, graph.add("Cast", [positive], { to: elementNumber("float32") })]);
    });
  },

  /** dx = d·(1 − y²), as d − (d·y)·y */
  Tanh({ inputs, outputs }, [d = ""], { graph, give }) {
    const y = at(outputs, 0);
    give(at(inputs, 0), () =>
      graph.add("Sub", [d, graph.add("Mul", [graph.add("Mul", [d, y]), y])]),
    );
  },

  /** dx = d·y·(1 − y), with e = d·y as e − e·y */
  Sigmoid({ inputs, outputs }, [d = ""], { graph, give }) {
    const y = at(outputs, 0);
    give(at(inputs, 0), () => {
      const e = graph.add("Mul", [d, y]);
      return graph.add("Sub", [e, graph.add("Mul", [e, y])]);
    });
  },

  /** dx = e − y·Σe with e = d·y, row by row */
  Softmax({ inputs, outputs }, [d = ""], { graph, give }) {
    const y = at(outputs, 0);
    give(at(inputs, 0), () => {
      const e = graph.add("Mul", [d, y]);
      return graph.add("Sub", [e, graph.add("Mul", [y, sumColumns(graph, e)])]);
    });
  },

  /** dx = d − exp(y)·Σd, row by row; with d = −onehot this is the well-known p − onehot */
  LogSoftmax({ inputs, outputs }, [d = ""], { graph, give }) {
    give(at(inputs, 0), () => {
      const probabilities = graph.add("Exp", [at(outputs, 0)]);
      return graph.add("Sub", [d, graph.add("Mul", [probabilities, sumColumns(graph, d)])]);
    });
  },
};

/** The sum over rows for a vector [n], over columns for a column [n, 1]. */
const sumLike = (graph: OpGraph, value: Value, bias: Value): Value =>
  graph.columns.has(bias)
    ? sumColumns(graph, value)
    : graph.add("ReduceSum", [value, graph.integers(0)], { keepdims: 0 });

const sumColumns = (graph: OpGraph, value: Value): Value =>
  graph.add("ReduceSum", [value, graph.integers(-1)], { keepdims: 1 });
