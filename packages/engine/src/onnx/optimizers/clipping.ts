import type { Optimizer } from "@sweepyard/contract";
import type { OpGraph, Value } from "../opGraph.js";
import type { OptimizerRule } from "./optimizerRule.js";

/**
 * Clips gradients: each number to ±clipvalue, each weight's Euclidean norm to clipnorm, or that of
 * all together to global_clipnorm. Clipping sees the plain gradient, so what the rule wants it
 * multiplied by comes after it.
 * @see Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013), §3.2
 */
export function withClipping(rule: OptimizerRule, optimizer: Optimizer): OptimizerRule {
  const [kind, limit] = clippingOf(optimizer);
  if (kind === undefined || limit === undefined) return rule;
  return {
    ...rule,
    id: `${rule.id}+${kind}`,
    scalars: { ...rule.scalars, [LIMIT]: limit },
    stepScalars(learningRate, iteration) {
      const scalars = rule.stepScalars(learningRate, iteration);
      return { ...scalars, gradient: 1, [FACTOR]: scalars.gradient };
    },
    prepare: (graph, gradients) =>
      CLIP[kind](graph, gradients).map((gradient) => graph.add("Mul", [gradient, FACTOR])),
  };
}

const LIMIT = "clip_limit";
const FACTOR = "gradient_factor";
const KINDS = ["clipvalue", "clipnorm", "global_clipnorm"] as const;
type Clipping = (typeof KINDS)[number];

const clippingOf = (optimizer: Optimizer): [Clipping?, number?] => {
  const kind = KINDS.find((name) => optimizer[name] !== undefined);
  return kind === undefined ? [] : [kind, optimizer[kind]];
};

const CLIP: Readonly<Record<Clipping, (graph: OpGraph, gradients: readonly Value[]) => Value[]>> = {
  clipvalue(graph, gradients) {
    const lowest = graph.add("Neg", [LIMIT]);
    return gradients.map((gradient) => graph.add("Clip", [gradient, lowest, LIMIT]));
  },
  clipnorm: (graph, gradients) =>
    gradients.map((gradient) => {
      const norm = graph.add("Sqrt", [squareSum(graph, gradient)]);
      return graph.add("Mul", [gradient, shareOf(graph, norm)]);
    }),
  global_clipnorm(graph, gradients) {
    const sums = gradients.map((gradient) => squareSum(graph, gradient));
    const norm = graph.add("Sqrt", [graph.add("Sum", sums)]);
    const share = shareOf(graph, norm);
    return gradients.map((gradient) => graph.add("Mul", [gradient, share]));
  },
};

const squareSum = (graph: OpGraph, gradient: Value): Value =>
  graph.add("ReduceSumSquare", [gradient], { keepdims: 0 });

/** limit / max(norm, limit): 1 for gradients inside the limit, 0 included. */
const shareOf = (graph: OpGraph, norm: Value): Value =>
  graph.add("Div", [LIMIT, graph.add("Max", [norm, LIMIT])]);
