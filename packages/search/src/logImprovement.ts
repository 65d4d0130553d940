import { erfcx } from "./erf.js";
import { logNdtr } from "./truncatedNormal.js";

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** A value, and its derivatives by the mean and the standard deviation that it was computed from. */
export interface Utility {
  readonly value: number;
  readonly byMean: number;
  readonly byDeviation: number;
}

/**
 * Logarithm of the expected improvement on `best` of a normal variable that is to be large. Exact
 * where the improvement itself is too small for a double.
 * @see Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization",
 *   NeurIPS 2023
 */
export function logExpectedImprovement(mean: number, deviation: number, best: number): Utility {
  const z = (mean - best) / deviation;
  const logH = logUnitImprovement(z);
  return {
    value: logH + Math.log(deviation),
    byMean: Math.exp(logNdtr(z) - logH) / deviation,
    byDeviation: Math.exp(-0.5 * z * z - LOG_SQRT_2PI - logH) / deviation,
  };
}

/** Logarithm of the probability that a normal variable is above `threshold`. */
export function logProbabilityAbove(mean: number, deviation: number, threshold: number): Utility {
  const z = (mean - threshold) / deviation;
  const value = logNdtr(z);
  const slope = Math.exp(-0.5 * z * z - LOG_SQRT_2PI - value);
  return { value, byMean: slope / deviation, byDeviation: (-z * slope) / deviation };
}

/** log(φ(z) + z Φ(z)), φ and Φ being the standard normal's density and distribution function. */
export function logUnitImprovement(z: number): number {
  if (z > -2) return Math.log(Math.exp(-0.5 * z * z - LOG_SQRT_2PI) + z * Math.exp(logNdtr(z)));
  const logDensity = -0.5 * z * z - LOG_SQRT_2PI;
  // φ + z Φ = φ (1 + z √(π/2) erfcx(-z / √2)); far out its asymptotic series, as 1 + … cancels.
  if (z > -30) return logDensity + Math.log1p(z * Math.sqrt(Math.PI / 2) * erfcx(-z / Math.SQRT2));
  const s = 1 / (z * z);
  return logDensity + Math.log(s) + Math.log1p(s * (-3 + s * (15 + s * (-105 + s * 945))));
}
