import type { Optimizer } from "@sweepyard/contract";
import type { OptimizerRule } from "./optimizerRule.js";

/**
 * w ← w·(1 − weight_decay·lr) before the update, on every weight, biases too.
 * @see Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019)
 */
export function withWeightDecay(rule: OptimizerRule, optimizer: Optimizer): OptimizerRule {
  const { weight_decay = 0 } = optimizer;
  if (weight_decay === 0) return rule;
  return {
    ...rule,
    id: `${rule.id}+decay`,
    stepScalars: (learningRate, iteration) => ({
      ...rule.stepScalars(learningRate, iteration),
      weight_share: 1 - weight_decay * learningRate,
    }),
    update: (graph, { weight, ...rest }) =>
      rule.update(graph, { weight: graph.add("Mul", [weight, "weight_share"]), ...rest }),
  };
}
