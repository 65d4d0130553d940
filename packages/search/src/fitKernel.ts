import {
  choleskyInPlace,
  invertFromCholesky,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "./cholesky.js";
import {
  covariance,
  type GpInputs,
  type KernelParams,
  squaredDifferences,
} from "./gaussianProcess.js";
import { minimizeLbfgs } from "./lbfgs.js";

/** Less noise than this makes covariances that can't be told from singular ones. */
export const MINIMUM_NOISE = 1e-6;

/**
 * Ten times finer than Optuna's, which begins each fit where the last one ended and so gets there
 * over several asks.
 */
const GRADIENT_TOLERANCE = 1e-3;

export interface FitOptions {
  /** The function's values carry no noise: its variance stays at `MINIMUM_NOISE`. */
  readonly deterministic?: boolean;
}

/**
 * The most probable kernel params given standardised `values` [count], by L-BFGS in their
 * logarithms, from length scales, variance and noise of 1: 25 to 45 evaluations of O(count³). (To
 * fit a part of the inputs first saves none of them: measured.)
 */
export function fitKernel(
  inputs: GpInputs,
  values: Float64Array,
  { deterministic = false }: FitOptions = {},
): KernelParams {
  const size = inputs.categorical.length;
  const start = new Float64Array(size + 2);
  start[size + 1] = Math.log(1 - 0.99 * MINIMUM_NOISE);
  const loss = kernelLoss(inputs, values, { deterministic });
  const { x } = minimizeLbfgs(loss, start, { gradientTolerance: GRADIENT_TOLERANCE });
  return toKernelParams(x, deterministic);
}

/** @param logs logarithms of the inverse squared length scales, the variance, and the noise beyond its minimum */
function toKernelParams(logs: Float64Array, deterministic: boolean): KernelParams {
  const size = logs.length - 2;
  return {
    inverseSquaredLengthscales: logs.subarray(0, size).map(Math.exp),
    scale: Math.exp(logs[size] ?? 0),
    noise: deterministic ? MINIMUM_NOISE : Math.exp(logs[size + 1] ?? 0) + MINIMUM_NOISE,
  };
}

/**
 * Minus the logarithm of the posterior density of kernel params, up to a constant, and its
 * gradient, as a function of their logarithms: inverse squared length scales, variance, and noise
 * beyond its minimum. Infinity where the covariance can't be factorised.
 * @see Rasmussen & Williams (2006), equations 2.30 and 5.9; the prior is Optuna 5.0's
 */
export function kernelLoss(
  inputs: GpInputs,
  values: Float64Array,
  { deterministic = false }: FitOptions = {},
): (logs: Float64Array, gradient: Float64Array) => number {
  const { count } = inputs;
  const size = inputs.categorical.length;
  const differences = squaredDifferences(inputs);
  const byDistance = new Float64Array((count * (count - 1)) / 2);
  // Made once: an evaluation would leave megabytes of garbage.
  const matrix = new Float64Array(count * count);
  const lower = new Float64Array(count * count);
  const inverse = new Float64Array(count * count);
  const scratch = new Float64Array(count * count);
  return (logs, gradient) => {
    const kernel = toKernelParams(logs, deterministic);
    const { inverseSquaredLengthscales: lengths, scale, noise } = kernel;
    covariance(differences, kernel, matrix, byDistance);
    lower.set(matrix);
    if (!choleskyInPlace(lower, count)) return Number.POSITIVE_INFINITY;
    const alpha = values.slice();
    solveLowerInPlace(lower, alpha, count);
    let logLikelihood = 0;
    for (let row = 0; row < count; row++)
      logLikelihood -= Math.log(lower[row * count + row] ?? 1) + 0.5 * (alpha[row] ?? 0) ** 2;
    solveLowerTransposedInPlace(lower, alpha, count);
    invertFromCholesky(lower, count, inverse, scratch);

    // dL/dθ = ½ Σ (αα ᵀ - K⁻¹) dK/dθ; off the diagonal each entry counts twice.
    const slopes = new Float64Array(size + 2);
    let pair = 0;
    for (let row = 0; row < count; row++) {
      for (let other = 0; other < row; other++) {
        const weight =
          (alpha[row] ?? 0) * (alpha[other] ?? 0) - (inverse[row * count + other] ?? 0);
        const weighted = weight * (byDistance[pair] ?? 0);
        for (let d = 0; d < size; d++)
          slopes[d] = (slopes[d] ?? 0) + weighted * (differences[pair * size + d] ?? 0);
        slopes[size] = (slopes[size] ?? 0) + weight * (matrix[row * count + other] ?? 0);
        pair++;
      }
      const own = 0.5 * ((alpha[row] ?? 0) ** 2 - (inverse[row * count + row] ?? 0));
      slopes[size] = (slopes[size] ?? 0) + own * scale;
      slopes[size + 1] = (slopes[size + 1] ?? 0) + own * (noise - MINIMUM_NOISE);
    }
    for (const [d, length] of lengths.entries()) slopes[d] = (slopes[d] ?? 0) * length;
    for (const [index, slope] of slopes.entries()) gradient[index] = -slope;
    return -logLikelihood - logPriorInto(kernel, gradient);
  };
}

/** The log prior, without constants; its slopes are taken off the loss's gradient. */
function logPriorInto(
  { inverseSquaredLengthscales: lengths, scale, noise }: KernelParams,
  gradient: Float64Array,
): number {
  const size = lengths.length;
  let logPrior = logKernelPrior({ inverseSquaredLengthscales: lengths, scale, noise });
  for (const [d, length] of lengths.entries())
    gradient[d] = (gradient[d] ?? 0) - (0.1 / length - 0.1 * length);
  gradient[size] = (gradient[size] ?? 0) - (1 - scale);
  gradient[size + 1] = (gradient[size + 1] ?? 0) - (0.1 / noise - 30) * (noise - MINIMUM_NOISE);
  if (Number.isNaN(logPrior)) logPrior = Number.NEGATIVE_INFINITY;
  return logPrior;
}

/**
 * Length scales that are neither tiny nor huge; Gamma(2, 1) for the variance, Gamma(1.1, 30) for
 * the noise, both without their constants.
 */
export function logKernelPrior({ inverseSquaredLengthscales, scale, noise }: KernelParams): number {
  const lengths = inverseSquaredLengthscales.reduce(
    (sum, length) => sum - (0.1 / length + 0.1 * length),
    0,
  );
  return lengths + Math.log(scale) - scale + 0.1 * Math.log(noise) - 30 * noise;
}
