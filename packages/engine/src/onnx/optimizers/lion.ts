import { decayingSlot, decayingSum } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * w ← w − lr·sign(β₁·m + (1−β₁)·g), then m ← β₂·m + (1−β₂)·g. Of M = m/(1−β₂) the sign is that of
 * M·β₁·(1−β₂)/(1−β₁) + g.
 * @see Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2
 */
export const lion = ({ beta_1, beta_2 }: OptimizerConfig<"Lion">): OptimizerRule => ({
  id: "lion",
  slots: [decayingSlot("momentum", beta_2)],
  scalars: { beta_2, momentum_share: (beta_1 * (1 - beta_2)) / (1 - beta_1) },
  stepScalars: (learningRate) => ({ gradient: 1, rate: learningRate }),
  update(graph, { weight, gradient, slots: [m = ""] }) {
    const sign = graph.add("Sign", [decayingSum(graph, m, "momentum_share", gradient)]);
    const step = graph.add("Mul", [sign, "rate"]);
    return {
      weight: graph.add("Sub", [weight, step]),
      slots: [decayingSum(graph, m, "beta_2", gradient)],
    };
  },
});
