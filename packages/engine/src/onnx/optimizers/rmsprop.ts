import { decayingSlot, decayingSum, square } from "./decayingSum.js";
import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * w ← w − lr·g/√(v + ε) with v the moving average of g²; `centered` takes the square of g's own
 * average from v, and with momentum the steps (the rate in them) go through a velocity.
 * V = v/(1−ρ) and A = a/(1−ρ) are kept, so v − a² + ε = (1−ρ)·(V − (1−ρ)·A² + ε/(1−ρ)).
 * @see Graves, Generating Sequences With Recurrent Neural Networks (2013), §4.2
 */
export function rmsprop(config: OptimizerConfig<"RMSprop">): OptimizerRule {
  const { rho, epsilon, centered } = config;
  const hasMomentum = config.momentum > 0;
  return {
    id: `rmsprop${hasMomentum ? "-momentum" : ""}${centered ? "-centered" : ""}`,
    slots: [
      decayingSlot("velocity", rho),
      ...(hasMomentum ? [{ name: "momentum", initial: 0, kerasScale: 1 }] : []),
      ...(centered ? [decayingSlot("average_gradient", rho)] : []),
    ],
    scalars: {
      rho,
      epsilon: epsilon / (1 - rho),
      ...(hasMomentum && { momentum: config.momentum }),
      ...(centered && { average_scale: 1 - rho }),
    },
    stepScalars: (learningRate) => ({ gradient: 1, rate: learningRate / Math.sqrt(1 - rho) }),
    update(graph, { weight, gradient, slots }) {
      const [v = "", ...others] = slots;
      const velocity = decayingSum(graph, v, "rho", square(graph, gradient));
      const kept = [velocity];
      let variance = velocity;
      const average = centered ? decayingSum(graph, others.at(-1) ?? "", "rho", gradient) : "";
      if (centered) {
        const scaled = graph.add("Mul", [square(graph, average), "average_scale"]);
        variance = graph.add("Sub", [velocity, scaled]);
      }
      const root = graph.add("Sqrt", [graph.add("Add", [variance, "epsilon"])]);
      let step = graph.add("Div", [graph.add("Mul", [gradient, "rate"]), root]);
      if (hasMomentum) {
        step = decayingSum(graph, others[0] ?? "", "momentum", step);
        kept.push(step);
      }
      if (centered) kept.push(average);
      return { weight: graph.add("Sub", [weight, step]), slots: kept };
    },
  };
}
