import { decayingSlot, decayingSum, square } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * Adam with Keras' epsilon: w ← w − lr·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε). With `amsgrad` the largest v
 * so far stands for v. M = m/(1−β₁) and V = v/(1−β₂) are kept, which takes ten passes over each
 * weight in place of twelve.
 * @see Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), end of §2
 * @see Reddi, Kale & Kumar, On the Convergence of Adam and Beyond (2018)
 */
export function adam(config: OptimizerConfig<"Adam"> | OptimizerConfig<"AdamW">): OptimizerRule {
  const { beta_1, beta_2, epsilon, amsgrad } = config;
  const momentumScale = (1 - beta_1) / Math.sqrt(1 - beta_2);
  const moments = [decayingSlot("momentum", beta_1), decayingSlot("velocity", beta_2)];
  return {
    id: amsgrad ? "adam-amsgrad" : "adam",
    slots: amsgrad ? [...moments, decayingSlot("velocity_hat", beta_2)] : moments,
    scalars: { beta_1, beta_2, epsilon: epsilon / Math.sqrt(1 - beta_2) },
    stepScalars: (learningRate, t) => ({
      gradient: 1,
      rate: (learningRate * momentumScale * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t),
    }),
    update(graph, { weight, gradient, slots: [m = "", v = "", largest = ""] }) {
      const momentum = decayingSum(graph, m, "beta_1", gradient);
      const velocity = decayingSum(graph, v, "beta_2", square(graph, gradient));
      const divisor = amsgrad ? graph.add("Max", [largest, velocity]) : velocity;
      const root = graph.add("Add", [graph.add("Sqrt", [divisor]), "epsilon"]);
      const step = graph.add("Mul", [graph.add("Div", [momentum, root]), "rate"]);
      return {
        weight: graph.add("Sub", [weight, step]),
        slots: amsgrad ? [momentum, velocity, divisor] : [momentum, velocity],
      };
    },
  };
}
