import type { Estimate, Prediction } from "@sweepyard/contract";

export interface Agreement {
  /** Whether both say the same class, and no probability differs by more than rounding does. */
  readonly agree: boolean;
  readonly isSameClass: boolean;
  /** Of any class' probability, or of a value, as a share of it where it is above 1. */
  readonly largestDifference: number;
}

/**
 * Both compute in 32 bits, each in an order of its own: a network of a few layers differs in the
 * last digits, about 1e-6. A thousand times as much is no rounding.
 */
const ROUNDING = 1e-3;

const numberOf = (output: Prediction | Estimate): number =>
  "value" in output ? output.value : output.probability;

/** Whether two answers about one picture are the same; classes that one of them lacks are left out. */
export function comparePredictions(
  server: readonly (Prediction | Estimate)[],
  browser: readonly (Prediction | Estimate)[],
): Agreement {
  const byLabel = new Map(browser.map((output) => [output.label, numberOf(output)]));
  const differences = server.flatMap((output) => {
    const [own, other] = [numberOf(output), byLabel.get(output.label)];
    return other === undefined ? [] : [Math.abs(own - other) / Math.max(1, Math.abs(own))];
  });
  // A probability that is no number is a difference, whatever it is compared with.
  const isBroken = differences.some((difference) => Number.isNaN(difference));
  const largestDifference = isBroken ? Number.NaN : Math.max(0, ...differences);
  const isSameClass = server[0]?.label === browser[0]?.label;
  return {
    agree: isSameClass && largestDifference <= ROUNDING,
    isSameClass,
    largestDifference,
  };
}
