import { decayingSlot, decayingSum, square } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * d = g·√(averageOf(d²) + ε)/√(averageOf(g²) + ε), w ← w − lr·d; d² goes into its average after it
 * was used. Both averages are kept divided by (1−ρ), which falls out of the quotient of their roots
 * when ε is divided too.
 * @see Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012)
 */
export const adadelta = ({ rho, epsilon }: OptimizerConfig<"Adadelta">): OptimizerRule => ({
  id: "adadelta",
  slots: [decayingSlot("accumulated_grad", rho), decayingSlot("accumulated_delta_var", rho)],
  scalars: { rho, epsilon: epsilon / (1 - rho) },
  stepScalars: (learningRate) => ({ gradient: 1, rate: learningRate }),
  update(graph, { weight, gradient, slots: [gradients = "", deltas = ""] }) {
    const root = (sum: string) => graph.add("Sqrt", [graph.add("Add", [sum, "epsilon"])]);
    const gradientSum = decayingSum(graph, gradients, "rho", square(graph, gradient));
    const ratio = graph.add("Div", [root(deltas), root(gradientSum)]);
    const delta = graph.add("Mul", [gradient, ratio]);
    const deltaSum = decayingSum(graph, deltas, "rho", square(graph, delta));
    const step = graph.add("Mul", [delta, "rate"]);
    return { weight: graph.add("Sub", [weight, step]), slots: [gradientSum, deltaSum] };
  },
});
