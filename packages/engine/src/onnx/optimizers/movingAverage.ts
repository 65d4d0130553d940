import type { Optimizer } from "@sweepyard/contract";
import { MOVING_AVERAGE } from "../../engine.js";
import { elementNumber } from "../onnxModel.js";
import type { OptimizerRule } from "./optimizerRule.js";

/**
 * Keeps an exponential moving average of the weights beside them, which begins with the weights
 * after the first update, and every `ema_overwrite_frequency` updates makes it the weights.
 * @see Polyak & Juditsky, Acceleration of Stochastic Approximation by Averaging (1992)
 */
export function withMovingAverage(rule: OptimizerRule, optimizer: Optimizer): OptimizerRule {
  const { use_ema, ema_momentum, ema_overwrite_frequency: frequency } = optimizer;
  if (!use_ema) return rule;
  const slot = { name: MOVING_AVERAGE, initial: 0, kerasScale: 1 };
  return {
    ...rule,
    id: `${rule.id}+ema${frequency === undefined ? "" : "-overwriting"}`,
    slots: [...rule.slots, slot],
    stepScalars(learningRate, iteration) {
      const kept = iteration === 1 ? 0 : ema_momentum;
      const scalars = {
        ...rule.stepScalars(learningRate, iteration),
        average_share: kept,
        weight_part: 1 - kept,
      };
      if (frequency === undefined) return scalars;
      return { ...scalars, overwrite: iteration % frequency === 0 ? 1 : 0 };
    },
    update(graph, { slots, ...rest }) {
      const updated = rule.update(graph, { ...rest, slots: slots.slice(0, -1) });
      const average = graph.add("Add", [
        graph.add("Mul", [slots.at(-1) ?? "", "average_share"]),
        graph.add("Mul", [updated.weight, "weight_part"]),
      ]);
      if (frequency === undefined) return { ...updated, slots: [...updated.slots, average] };
      const overwrite = graph.add("Cast", ["overwrite"], { to: elementNumber("bool") });
      const weight = graph.add("Where", [overwrite, average, updated.weight]);
      return { weight, slots: [...updated.slots, average] };
    },
  };
}
