import type { OptimizerConfig, OptimizerRule } from "./optimizerRule.js";

/**
 * w ← w − lr·g; with momentum v ← momentum·v − lr·g and w ← w + v, with Nesterov's
 * w ← w + momentum·v − lr·g. The rate is part of v, as in Keras.
 * @see Sutskever, Martens, Dahl & Hinton, On the importance of initialization and momentum in deep
 *   learning (2013), §2
 */
export function sgd({ momentum, nesterov }: OptimizerConfig<"SGD">): OptimizerRule {
  const stepScalars = (learningRate: number) => ({ gradient: learningRate });
  if (momentum === 0)
    return {
      id: "sgd",
      slots: [],
      scalars: {},
      stepScalars,
      update: (graph, { weight, gradient }) => ({
        weight: graph.add("Sub", [weight, gradient]),
        slots: [],
      }),
    };
  return {
    id: nesterov ? "sgd-nesterov" : "sgd-momentum",
    slots: [{ name: "momentum", initial: 0, kerasScale: 1 }],
    scalars: { momentum },
    stepScalars,
    update(graph, { weight, gradient, slots: [v = ""] }) {
      const velocity = graph.add("Sub", [graph.add("Mul", [v, "momentum"]), gradient]);
      const step = nesterov
        ? graph.add("Sub", [graph.add("Mul", [velocity, "momentum"]), gradient])
        : velocity;
      return { weight: graph.add("Add", [weight, step]), slots: [velocity] };
    },
  };
}
