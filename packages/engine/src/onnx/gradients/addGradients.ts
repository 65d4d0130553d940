import type { OpGraph, Value } from "../opGraph.js";
import { ELEMENTWISE_RULES } from "./elementwise.js";
import { IMAGE_RULES } from "./images.js";
import { MATRIX_RULES } from "./matrices.js";
import { REDUCTION_RULES } from "./reductions.js";
import type { Rule, Tape } from "./rule.js";

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
    const given = node.outputs.map((output) => gradients.get(output) ?? "");
    if (!given.some(Boolean) || !node.inputs.some((input) => varying.has(input))) continue;
    const rule = RULES[node.op];
    if (rule === undefined) throw new Error(`no gradient rule for ${node.op}`);
    rule(node, given, tape);
  }
  return gradients;
}

const RULES: Readonly<Record<string, Rule>> = {
  ...MATRIX_RULES,
  ...ELEMENTWISE_RULES,
  ...REDUCTION_RULES,
  ...IMAGE_RULES,
};
