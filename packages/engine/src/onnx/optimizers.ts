import type { Optimizer } from "@sweepyard/contract";
import type { OpGraph, Value } from "./opGraph.js";

/** How an optimizer is written into the graph. */
export interface OptimizerRule {
  /** Names of what it keeps for each weight, all 0 at the start. */
  readonly slots: readonly string[];
  /** Scalars that the graph takes as inputs, so that runs that differ in them share a graph. */
  readonly scalars: Readonly<Record<string, number>>;
  /** The scalar `rate` of the update number `iteration`, from 1, at this learning rate. */
  rate(learningRate: number, iteration: number): number;
  /** Adds the update of one weight block. */
  update(graph: OpGraph, block: UpdateInputs): { weight: Value; slots: Value[] };
  /** What a slot's numbers are to be multiplied by to be Keras' numbers. */
  readonly slotScale: readonly number[];
}

export interface UpdateInputs {
  readonly weight: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
  readonly rate: Value;
}

export function optimizerRule(optimizer: Optimizer): OptimizerRule {
  switch (optimizer.class_name) {
    case "SGD":
      return optimizer.momentum === 0 ? sgd : sgdMomentum(optimizer.momentum);
    case "Adam":
      return adam(optimizer);
  }
}

const sgd: OptimizerRule = {
  slots: [],
  scalars: {},
  slotScale: [],
  rate: (learningRate) => learningRate,
  update: (graph, { weight, gradient, rate }) => ({
    weight: graph.add("Sub", [weight, graph.add("Mul", [gradient, rate])]),
    slots: [],
  }),
};

/** v ← momentum·v − rate·g, w ← w + v */
const sgdMomentum = (momentum: number): OptimizerRule => ({
  slots: ["momentum"],
  scalars: { momentum },
  slotScale: [1],
  rate: (learningRate) => learningRate,
  update(graph, { weight, gradient, slots: [v = ""], rate }) {
    const kept = graph.add("Mul", [v, "momentum"]);
    const velocity = graph.add("Sub", [kept, graph.add("Mul", [gradient, rate])]);
    return { weight: graph.add("Add", [weight, velocity]), slots: [velocity] };
  },
});

/**
 * Adam with Keras' epsilon: w ← w − lr·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε).
 * The graph keeps M = m/(1−β₁) and V = v/(1−β₂), which saves two passes over each weight
 * (M ← β₁·M + g, V ← β₂·V + g²); what that leaves over goes into `rate` and `epsilon`.
 * @see Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), end of §2
 */
function adam({
  beta_1,
  beta_2,
  epsilon,
}: Extract<Optimizer, { class_name: "Adam" }>): OptimizerRule {
  const scale = (1 - beta_1) / Math.sqrt(1 - beta_2);
  return {
    slots: ["momentum", "velocity"],
    scalars: { beta_1, beta_2, epsilon: epsilon / Math.sqrt(1 - beta_2) },
    slotScale: [1 - beta_1, 1 - beta_2],
    rate: (learningRate, t) =>
      (learningRate * scale * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t),
    update(graph, { weight, gradient, slots: [m = "", v = ""], rate }) {
      const momentum = graph.add("Add", [graph.add("Mul", [m, "beta_1"]), gradient]);
      const squared = graph.add("Mul", [gradient, gradient]);
      const velocity = graph.add("Add", [graph.add("Mul", [v, "beta_2"]), squared]);
      const root = graph.add("Add", [graph.add("Sqrt", [velocity]), "epsilon"]);
      const step = graph.add("Mul", [graph.add("Div", [momentum, root]), rate]);
      return { weight: graph.add("Sub", [weight, step]), slots: [momentum, velocity] };
    },
  };
}
