import type { ModelDescription } from "../model/describeModel.js";
import type { NetworkContext } from "./network/networkContext.js";
import type { Value } from "./opGraph.js";

/** Adds l1·Σ|w| + l2·Σw² over all weights that have a regularizer; a scalar, or undefined for none. */
export function addPenalties(
  { graph, weight, scalar }: NetworkContext,
  { weights }: ModelDescription,
): Value | undefined {
  const terms = weights.flatMap(({ name, regularizer }) => {
    if (regularizer === undefined) return [];
    const l1 = "l1" in regularizer ? regularizer.l1 : 0;
    const l2 = "l2" in regularizer ? regularizer.l2 : 0;
    const sums = (op: "ReduceL1" | "ReduceSumSquare", kind: "l1" | "l2", factor: number) =>
      factor === 0
        ? []
        : [
            graph.add("Mul", [
              graph.add(op, [weight(name)], { keepdims: 0 }),
              scalar(`${name}/${kind}`, factor),
            ]),
          ];
    return [...sums("ReduceL1", "l1", l1), ...sums("ReduceSumSquare", "l2", l2)];
  });
  return terms.reduce<Value | undefined>(
    (sum, term) => (sum === undefined ? term : graph.add("Add", [sum, term])),
    undefined,
  );
}
