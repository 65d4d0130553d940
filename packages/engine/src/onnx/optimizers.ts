import type { Optimizer } from "@sweepyard/contract";
import type { OpGraph, Value } from "./opGraph.js";

/** How an optimizer is written into the graph. Runs that differ in its numbers share a graph. */
export interface OptimizerRule {
  /** Tells apart graphs of other operations. */
  readonly id: string;
  /** What it keeps for each weight, all 0 at the start. */
  readonly slots: readonly string[];
  /** Scalars of the whole run, inputs of the graph under these names. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Scalars of the update number `iteration`, from 1. `gradient` is what the gradient comes multiplied by. */
  stepScalars(
    learningRate: number,
    iteration: number,
  ): { gradient: number } & Record<string, number>;
  /** Adds the update of one weight block; scalars are values of their names. */
  update(graph: OpGraph, block: UpdateInputs): { weight: Value; slots: Value[] };
  /** What each slot's numbers are to be multiplied by to be Keras'. */
  readonly slotScale: readonly number[];
}

export interface UpdateInputs {
  readonly weight: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
}

export function optimizerRule(optimizer: Optimizer): OptimizerRule {
  switch (optimizer.class_name) {
    case "SGD":
      return optimizer.momentum === 0 ? sgd : sgdMomentum(optimizer.momentum);
    case "Adam":
      return adam(optimizer);
    default:
      throw new Error(`no optimizer ${optimizer.class_name}`);
  }
}

const sgd: OptimizerRule = {
  id: "sgd",
  slots: [],
  scalars: {},
  slotScale: [],
  stepScalars: (learningRate) => ({ gradient: learningRate }),
  update: (graph, { weight, gradient }) => ({
    weight: graph.add("Sub", [weight, gradient]),
    slots: [],
  }),
};

/** v ← momentum·v − lr·g, w ← w + v */
const sgdMomentum = (momentum: number): OptimizerRule => ({
  id: "sgd-momentum",
  slots: ["momentum"],
  scalars: { momentum },
  slotScale: [1],
  stepScalars: (learningRate) => ({ gradient: learningRate }),
  update(graph, { weight, gradient, slots: [v = ""] }) {
    const velocity = graph.add("Sub", [graph.add("Mul", [v, "momentum"]), gradient]);
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
  const momentumScale = (1 - beta_1) / Math.sqrt(1 - beta_2);
  return {
    id: "adam",
    slots: ["momentum", "velocity"],
    scalars: { beta_1, beta_2, epsilon: epsilon / Math.sqrt(1 - beta_2) },
    slotScale: [1 - beta_1, 1 - beta_2],
    stepScalars: (learningRate, t) => ({
      gradient: 1,
      rate: (learningRate * momentumScale * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t),
    }),
    update(graph, { weight, gradient, slots: [m = "", v = ""] }) {
      const momentum = graph.add("Add", [graph.add("Mul", [m, "beta_1"]), gradient]);
      const squared = graph.add("Mul", [gradient, gradient]);
      const velocity = graph.add("Add", [graph.add("Mul", [v, "beta_2"]), squared]);
      const root = graph.add("Add", [graph.add("Sqrt", [velocity]), "epsilon"]);
      const step = graph.add("Mul", [graph.add("Div", [momentum, root]), "rate"]);
      return { weight: graph.add("Sub", [weight, step]), slots: [momentum, velocity] };
    },
  };
}
