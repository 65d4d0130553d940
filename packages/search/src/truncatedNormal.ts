import { erf, erfc } from "./erf.js";

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** Cumulative distribution function of the standard normal. */
function ndtr(x: number): number {
  if (x < -1) return 0.5 * erfc(-x / Math.SQRT2);
  if (x < 1) return 0.5 + 0.5 * erf(x / Math.SQRT2);
  return 1 - 0.5 * erfc(x / Math.SQRT2);
}

/** Logarithm of the standard normal's cumulative distribution function, for any x. */
export function logNdtr(x: number): number {
  if (x > 6) return -ndtr(-x);
  if (x > -20) return Math.log(ndtr(x));
  // Asymptotic series: 1 - 1/x² + 3/x⁴ - 15/x⁶ …
  let [sum, term, previous] = [1, 1, 0];
  for (let i = 1; sum !== previous && i < 20; i++) {
    previous = sum;
    term *= -(2 * i - 1) / (x * x);
    sum += term;
  }
  return -0.5 * x * x - Math.log(-x) - LOG_SQRT_2PI + Math.log(sum);
}

/** Logarithm of the standard normal's mass between a and b, a <= b, exact in either tail. */
export function logNormalMass(a: number, b: number): number {
  if (b <= 0) return logDifference(logNdtr(b), logNdtr(a));
  if (a > 0) return logDifference(logNdtr(-a), logNdtr(-b));
  // No cancellation: both tails are at most one half.
  return Math.log1p(-ndtr(a) - ndtr(-b));
}

/**
 * Log density at x of a normal with mean `mu` and deviation `sigma`, cut off outside [low, high].
 * -Infinity outside.
 */
export function truncatedNormalLogPdf(
  x: number,
  mu: number,
  sigma: number,
  [low, high]: readonly [number, number],
): number {
  if (x < low || x > high) return Number.NEGATIVE_INFINITY;
  const z = (x - mu) / sigma;
  const logMass = logNormalMass((low - mu) / sigma, (high - mu) / sigma);
  return -0.5 * z * z - LOG_SQRT_2PI - logMass - Math.log(sigma);
}

/** The value below which a share q of a standard normal cut off outside [a, b] lies. */
export function truncatedNormalQuantile(q: number, a: number, b: number): number {
  if (q === 0 || a === b) return a;
  if (q === 1) return b;
  const logMass = logNormalMass(a, b);
  // In the right tail it is computed from the other side, where logNdtr is exact.
  return a < 0
    ? inverseLogNdtr(logSum(logNdtr(a), Math.log(q) + logMass))
    : -inverseLogNdtr(logSum(logNdtr(-b), Math.log1p(-q) + logMass));
}

/** x for which logNdtr(x) is y, by Newton's method from an approximation of each range of y. */
function inverseLogNdtr(y: number): number {
  const flipped = y > -0.01; // near 1 the other tail is the exact one
  const z = flipped ? Math.log(-Math.expm1(y)) : y;
  let x =
    z < -5
      ? -Math.sqrt(-2 * (z + LOG_SQRT_2PI))
      : (-Math.sqrt(3) / Math.PI) * Math.log(Math.expm1(-z));
  for (let iteration = 0; iteration < 100; iteration++) {
    const logCdf = logNdtr(x);
    const dx = (logCdf - z) * Math.exp(logCdf + 0.5 * x * x + LOG_SQRT_2PI);
    x -= dx;
    if (!(Math.abs(dx) >= 1e-8 * Math.abs(x))) break;
  }
  return flipped ? -x : x;
}

/** log(exp(p) + exp(q)) */
function logSum(p: number, q: number): number {
  const [low, high] = p < q ? [p, q] : [q, p];
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

/** log(exp(p) - exp(q)), p >= q */
const logDifference = (p: number, q: number) => p + Math.log1p(-Math.exp(q - p));
