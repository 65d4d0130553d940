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
  /** After every so many updates the slots are multiplied by `renewal`. */
  readonly renewEvery: number;
  readonly renewal: readonly number[];
  /** What slots after `iteration` updates are to be multiplied by to be Keras' numbers. */
  slotScale(iteration: number): readonly number[];
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
  }
}

const NEVER_RENEWED = { renewEvery: Number.POSITIVE_INFINITY, renewal: [] };

const sgd: OptimizerRule = {
  id: "sgd",
  slots: [],
  scalars: {},
  ...NEVER_RENEWED,
  slotScale: () => [],
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
  ...NEVER_RENEWED,
  slotScale: () => [1],
  stepScalars: (learningRate) => ({ gradient: learningRate }),
  update(graph, { weight, gradient, slots: [v = ""] }) {
    const velocity = graph.add("Sub", [graph.add("Mul", [v, "momentum"]), gradient]);
    return { weight: graph.add("Add", [weight, velocity]), slots: [velocity] };
  },
});

/** Adam's slots are kept below this many times their own size. */
const LARGEST_SCALE = 2 ** 20;

/**
 * Adam with Keras' epsilon: w ← w − lr·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε).
 *
 * Time goes into passes over the weights, so the graph makes as few as it can. It keeps
 * M = s·m/(1−β₁) and V = s²·v/(1−β₂), where s grows by 1/√β₂ at each update. The gradient comes
 * multiplied by s, which costs nothing, so that
 *
 *     M ← β₁/√β₂·M + g    V ← V + g²    w ← w − rate·M/(√V + s·ε/√(1−β₂))
 *
 * is nine passes where the textbook's form has twelve. s starts again at 1, and the slots are
 * divided by it, every so many updates counted from the run's first one.
 *
 * @see Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), end of §2
 */
function adam({
  beta_1,
  beta_2,
  epsilon,
}: Extract<Optimizer, { class_name: "Adam" }>): OptimizerRule {
  const growth = beta_2 > 0.5 ? 1 / Math.sqrt(beta_2) : 1; // else s would have to start again all the time
  const renewEvery =
    growth === 1 ? Number.POSITIVE_INFINITY : Math.ceil(Math.log(LARGEST_SCALE) / Math.log(growth));
  /** s at the update number `iteration`. */
  const scaleAt = (iteration: number) =>
    iteration === 0 ? 1 : growth ** (((iteration - 1) % renewEvery) + 1);
  const momentumScale = (1 - beta_1) / Math.sqrt(1 - beta_2);
  return {
    id: growth === 1 ? "adam" : "adam-growing",
    slots: ["momentum", "velocity"],
    scalars: { momentum_decay: beta_1 * growth, ...(growth === 1 && { velocity_decay: beta_2 }) },
    renewEvery,
    renewal: [growth ** -renewEvery, growth ** (-2 * renewEvery)],
    slotScale(iteration) {
      const scale = scaleAt(iteration);
      return [(1 - beta_1) / scale, (1 - beta_2) / scale ** 2];
    },
    stepScalars(learningRate, t) {
      const scale = scaleAt(t);
      return {
        gradient: scale,
        epsilon: (scale * epsilon) / Math.sqrt(1 - beta_2),
        rate: (learningRate * momentumScale * Math.sqrt(1 - beta_2 ** t)) / (1 - beta_1 ** t),
      };
    },
    update(graph, { weight, gradient, slots: [m = "", v = ""] }) {
      const momentum = graph.add("Add", [graph.add("Mul", [m, "momentum_decay"]), gradient]);
      const decayed = growth === 1 ? graph.add("Mul", [v, "velocity_decay"]) : v;
      const velocity = graph.add("Add", [decayed, graph.add("Mul", [gradient, gradient])]);
      const root = graph.add("Add", [graph.add("Sqrt", [velocity]), "epsilon"]);
      const step = graph.add("Mul", [graph.add("Div", [momentum, root]), "rate"]);
      return { weight: graph.add("Sub", [weight, step]), slots: [momentum, velocity] };
    },
  };
}
