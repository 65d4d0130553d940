import { square } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * a ← a + g², w ← w − lr·g/√(a + ε).
 * @see Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
 *   Optimization (2011)
 */
export const adagrad = ({
  initial_accumulator_value,
  epsilon,
}: OptimizerConfig<"Adagrad">): OptimizerRule => ({
  id: "adagrad",
  slots: [{ name: "accumulator", initial: initial_accumulator_value, kerasScale: 1 }],
  scalars: { epsilon },
  stepScalars: (learningRate) => ({ gradient: 1, rate: learningRate }),
  update(graph, { weight, gradient, slots: [sum = ""] }) {
    const accumulator = graph.add("Add", [sum, square(graph, gradient)]);
    const root = graph.add("Sqrt", [graph.add("Add", [accumulator, "epsilon"])]);
    const step = graph.add("Div", [graph.add("Mul", [gradient, "rate"]), root]);
    return { weight: graph.add("Sub", [weight, step]), slots: [accumulator] };
  },
});
