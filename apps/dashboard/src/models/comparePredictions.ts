import type { Prediction } from "@sweepyard/contract";

export interface Agreement {
  /** Whether both say the same class, and no probability differs by more than rounding does. */
  readonly agree: boolean;
  readonly isSameClass: boolean;
  /** Of any class' probability. */
  readonly largestDifference: number;
}

/**
 * Both compute in 32 bits, each in an order of its own: a network of a few layers differs in the
 * last digits, about 1e-6. A thousand times as much is no rounding.
 */
const ROUNDING = 1e-3;

/** Whether two answers about one picture are the same; classes that one of them lacks are left out. */
export function comparePredictions(
  server: readonly Prediction[],
  browser: readonly Prediction[],
): Agreement {
  const byLabel = new Map(browser.map(({ label, probability }) => [label, probability]));
  const differences = server.flatMap(({ label, probability }) => {
    const other = byLabel.get(label);
    return other === undefined ? [] : [Math.abs(probability - other)];
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
