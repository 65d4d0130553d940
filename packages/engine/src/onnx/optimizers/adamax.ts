import { decayingSlot, decayingSum } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * u ← max(β₂·u, |g|), w ← w − lr/(1−β₁ᵗ)·m/(u + ε).
 * @see Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), §7.1
 */
export const adamax = ({ beta_1, beta_2, epsilon }: OptimizerConfig<"Adamax">): OptimizerRule => ({
  id: "adamax",
  slots: [decayingSlot("momentum", beta_1), { name: "norm", initial: 0, kerasScale: 1 }],
  scalars: { beta_1, beta_2, epsilon },
  stepScalars: (learningRate, t) => ({
    gradient: 1,
    rate: (learningRate * (1 - beta_1)) / (1 - beta_1 ** t),
  }),
  update(graph, { weight, gradient, slots: [m = "", u = ""] }) {
    const momentum = decayingSum(graph, m, "beta_1", gradient);
    const decayed = graph.add("Mul", [u, "beta_2"]);
    const norm = graph.add("Max", [decayed, graph.add("Abs", [gradient])]);
    const share = graph.add("Div", [momentum, graph.add("Add", [norm, "epsilon"])]);
    const step = graph.add("Mul", [share, "rate"]);
    return { weight: graph.add("Sub", [weight, step]), slots: [momentum, norm] };
  },
});
