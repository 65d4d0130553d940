import type { Dimension, ParamValue } from "@sweepyard/contract";
import { fromUnit, toUnit } from "./unit.js";

/** How a child's value of one dimension comes from its two parents' values. */
export type Crossover = (
  dimension: Dimension,
  parents: readonly [ParamValue, ParamValue],
  nextUnit: () => number,
) => ParamValue;

/** One parent's value or, with the given probability, the other's. */
export const uniformCrossover =
  (swappingProb: number): Crossover =>
  (_dimension, [first, second], nextUnit) =>
    nextUnit() < swappingProb ? second : first;

/**
 * BLX-α: anywhere between the parents and half their distance beyond, inside the range.
 * Choices are taken from one parent.
 * @see Eshelman & Schaffer, "Real-coded genetic algorithms and interval-schemata", FOGA 2 (1993)
 */
export const blendCrossover =
  (swappingProb: number, alpha = 0.5): Crossover =>
  (dimension, parents, nextUnit) => {
    if (dimension.type === "categorical")
      return uniformCrossover(swappingProb)(dimension, parents, nextUnit);
    const [low, high] = inUnits(dimension, parents);
    const margin = alpha * (high - low);
    return fromUnit(dimension, clamp(low - margin + nextUnit() * (high - low + 2 * margin)));
  };

/**
 * Simulated binary crossover: near one of the parents, the nearer the larger `eta` is, and never
 * outside the range. Half of the values are a parent's own. Choices are taken from one parent.
 * @see Deb & Agrawal, "Simulated binary crossover for continuous search space", Complex Systems 9
 *   (1995); bounds as in Deb's NSGA-II code; `eta` 20 with several objectives, else 2: Optuna 5.0
 */
export const simulatedBinaryCrossover =
  (swappingProb: number, eta: number): Crossover =>
  (dimension, parents, nextUnit) => {
    if (dimension.type === "categorical" || nextUnit() < 0.5)
      return uniformCrossover(swappingProb)(dimension, parents, nextUnit);
    const [low, high] = inUnits(dimension, parents);
    const distance = Math.max(high - low, 1e-10);
    const middle = 0.5 * (low + high);
    const below = nextUnit() < 0.5;
    const room = below ? low : 1 - high;
    const spread = spreadFactor(nextUnit(), 1 + (2 * room) / distance, eta);
    return fromUnit(dimension, clamp(middle + (below ? -0.5 : 0.5) * spread * distance));
  };

/** How far apart the children lie in units of the parents' distance, at most `limit`. */
function spreadFactor(u: number, limit: number, eta: number): number {
  const alpha = 2 - limit ** -(eta + 1);
  const base = u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha);
  return base ** (1 / (eta + 1));
}

/** The parents' places in the unit interval, ascending. */
function inUnits(dimension: Dimension, [a, b]: readonly [ParamValue, ParamValue]) {
  const [first, second] = [toUnit(dimension, a), toUnit(dimension, b)];
  return [Math.min(first, second), Math.max(first, second)] as const;
}

const clamp = (u: number) => Math.min(1, Math.max(0, u));
