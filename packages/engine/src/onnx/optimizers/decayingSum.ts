import type { OpGraph, Value } from "../opGraph.js";
import type { Slot } from "./optimizerRule.js";

/**
 * An exponential moving average a ← ρ·a + (1−ρ)·x is kept as the sum S = a / (1−ρ), which takes
 * two passes over a weight in place of three: S ← ρ·S + x. What that leaves over goes into the
 * scalars of the update.
 */
export const decayingSum = (graph: OpGraph, sum: Value, rho: Value, x: Value): Value =>
  graph.add("Add", [graph.add("Mul", [sum, rho]), x]);

/** The slot of such a sum, under the name of Keras' average. */
export const decayingSlot = (name: string, rho: number): Slot => ({
  name,
  initial: 0,
  kerasScale: 1 - rho,
});

export const square = (graph: OpGraph, x: Value): Value => graph.add("Mul", [x, x]);
