import { decayingSlot, decayingSum, square } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * Adam with Nesterov's momentum, whose share μₜ = β₁·(1 − 0.96ᵗ/2) rises from step to step:
 * w ← w − lr·(μₜ₊₁·m/(1−Πμ·μₜ₊₁) + (1−μₜ)·g/(1−Πμ)) / (√(v/(1−β₂ᵗ)) + ε), with Πμ over the steps
 * up to t.
 * @see Dozat, Incorporating Nesterov Momentum into Adam (2016)
 */
export const nadam = ({ beta_1, beta_2, epsilon }: OptimizerConfig<"Nadam">): OptimizerRule => ({
  id: "nadam",
  slots: [decayingSlot("momentum", beta_1), decayingSlot("velocity", beta_2)],
  scalars: { beta_1, beta_2 },
  stepScalars(learningRate, t) {
    const product = momentumProduct(beta_1, t);
    const next = momentumShare(beta_1, t + 1);
    // √(v/(1−β₂ᵗ)) = √V · velocityScale; the whole quotient is divided by it.
    const velocityScale = Math.sqrt((1 - beta_2) / (1 - beta_2 ** t));
    return {
      gradient: 1,
      momentum_rate: (learningRate * next * (1 - beta_1)) / (1 - product * next) / velocityScale,
      gradient_rate:
        (learningRate * (1 - momentumShare(beta_1, t))) / (1 - product) / velocityScale,
      epsilon: epsilon / velocityScale,
    };
  },
  update(graph, { weight, gradient, slots: [m = "", v = ""] }) {
    const momentum = decayingSum(graph, m, "beta_1", gradient);
    const velocity = decayingSum(graph, v, "beta_2", square(graph, gradient));
    const ahead = graph.add("Add", [
      graph.add("Mul", [momentum, "momentum_rate"]),
      graph.add("Mul", [gradient, "gradient_rate"]),
    ]);
    const root = graph.add("Add", [graph.add("Sqrt", [velocity]), "epsilon"]);
    const step = graph.add("Div", [ahead, root]);
    return { weight: graph.add("Sub", [weight, step]), slots: [momentum, velocity] };
  },
});

const momentumShare = (beta: number, t: number): number => beta * (1 - 0.5 * 0.96 ** t);

/** The product of the first `t` shares: Keras' u_product. Once it is 0 it stays so. */
export function momentumProduct(beta: number, t: number): number {
  let product = 1;
  for (let i = 1; i <= t && product > 0; i++) product *= momentumShare(beta, i);
  return product;
}
