import {
  choleskyInPlace,
  type SquareMatrix,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "./cholesky.js";

/** Where a function was seen: points of the unit cube and, in categorical columns, choices' indices. */
export interface GpInputs {
  /** [count * dimensions], row-major. */
  readonly x: Float64Array;
  readonly count: number;
  /** 1 for a dimension whose values are equal or not; 0 for a number. [dimensions] */
  readonly categorical: Uint8Array;
}

/** What is known of a function before it is seen: MAP estimates of `fitKernel`. */
export interface KernelParams {
  /** 1 / length scale², one for each dimension: 0 for one that does not matter. */
  readonly inverseSquaredLengthscales: Float64Array;
  /** Variance of the function. */
  readonly scale: number;
  /** Variance of the noise on its values. */
  readonly noise: number;
}

export interface Posterior {
  readonly mean: number;
  /** Of the function itself, without noise; at least 0. */
  readonly variance: number;
}

/** Where `posterior` writes derivatives by each coordinate; 0 for categorical ones. [dimensions] */
export interface PosteriorGradient {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** What is known of a function after it was seen. */
export interface GaussianProcess {
  readonly kernel: KernelParams;
  /** At one point [dimensions]. O(count²). */
  posterior(point: Float64Array, gradient?: PosteriorGradient): Posterior;
  /** At many points, in less than half the time that one after the other takes. */
  posteriors(points: readonly Float64Array[]): Posterior[];
}

const SQRT5 = Math.sqrt(5);

/** Squared differences of each pair of points, (1, 0), (2, 0), (2, 1), …: [pairs * dimensions]. */
export function squaredDifferences({ x, count, categorical }: GpInputs): Float64Array {
  const size = categorical.length;
  const differences = new Float64Array(((count * (count - 1)) / 2) * size);
  let at = 0;
  for (let row = 1; row < count; row++)
    for (let other = 0; other < row; other++)
      for (let d = 0; d < size; d++) {
        const difference = (x[row * size + d] ?? 0) - (x[other * size + d] ?? 0);
        differences[at++] = categorical[d] ? Number(difference !== 0) : difference * difference;
      }
  return differences;
}

/**
 * Conditions a zero-mean Gaussian process with a Matérn 5/2 kernel on `values` [count] at the
 * inputs. Null if the covariance is not positive definite to working precision.
 * @see Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1
 */
export function createGaussianProcess(
  inputs: GpInputs,
  values: Float64Array,
  kernel: KernelParams,
): GaussianProcess | null {
  const { x, count, categorical } = inputs;
  const size = categorical.length;
  const lengths = kernel.inverseSquaredLengthscales;
  const lower = new Float64Array(count * count);
  covariance(squaredDifferences(inputs), kernel, lower);
  if (!choleskyInPlace(lower, count)) return null;
  const alpha = values.slice();
  solveLowerInPlace(lower, alpha, count);
  solveLowerTransposedInPlace(lower, alpha, count);

  const slopes = new Float64Array(count);
  /** Writes the covariances with each input into `into`; returns the mean. */
  const meanAt = (point: Float64Array, into: Float64Array): number => {
    let mean = 0;
    for (let row = 0; row < count; row++) {
      let distance = 0;
      for (let d = 0; d < size; d++) {
        const difference = (point[d] ?? 0) - (x[row * size + d] ?? 0);
        const square = categorical[d] ? Number(difference !== 0) : difference * difference;
        distance += (lengths[d] ?? 0) * square;
      }
      const root = SQRT5 * Math.sqrt(distance);
      const decay = kernel.scale * Math.exp(-root);
      const covariance = decay * ((5 / 3) * distance + root + 1);
      into[row] = covariance;
      slopes[row] = (-5 / 3) * (root + 1) * decay; // twice that by the squared distance
      mean += covariance * (alpha[row] ?? 0);
    }
    return mean;
  };
  /** @param solved L⁻¹ of the covariances */
  const varianceOf = (solved: Float64Array): number => {
    let explained = 0;
    for (const value of solved) explained += value * value;
    return Math.max(0, kernel.scale - explained);
  };
  const solved = new Float64Array(2 * count);
  const [one, other] = [solved.subarray(0, count), solved.subarray(count)];

  return {
    kernel,
    posterior(point, gradient) {
      const mean = meanAt(point, one);
      solveLowerInPlace(lower, one, count);
      const variance = varianceOf(one);
      if (gradient === undefined) return { mean, variance };
      solveLowerTransposedInPlace(lower, one, count);
      gradient.mean.fill(0);
      gradient.variance.fill(0);
      for (let row = 0; row < count; row++)
        for (let d = 0; d < size; d++) {
          if (categorical[d]) continue;
          const difference = (point[d] ?? 0) - (x[row * size + d] ?? 0);
          const slope = (slopes[row] ?? 0) * (lengths[d] ?? 0) * difference;
          gradient.mean[d] = (gradient.mean[d] ?? 0) + slope * (alpha[row] ?? 0);
          gradient.variance[d] = (gradient.variance[d] ?? 0) - 2 * slope * (one[row] ?? 0);
        }
      return { mean, variance };
    },
    posteriors(points) {
      const posteriors: Posterior[] = [];
      for (let index = 0; index < points.length; index += 2) {
        const [first = new Float64Array(), second = first] = points.slice(index, index + 2);
        const means = [meanAt(first, one), meanAt(second, other)] as const;
        solveLowerInPlace(lower, solved, count, 2);
        posteriors.push({ mean: means[0], variance: varianceOf(one) });
        if (second !== first) posteriors.push({ mean: means[1], variance: varianceOf(other) });
      }
      return posteriors;
    },
  };
}

/**
 * Writes the covariance of noisy values at the inputs whose `squaredDifferences` are given into
 * the lower half of `matrix`.
 * @param slopes receives each pair's derivative by its squared distance. [pairs]
 */
export function covariance(
  differences: Float64Array,
  { inverseSquaredLengthscales: lengths, scale, noise }: KernelParams,
  matrix: SquareMatrix,
  slopes?: Float64Array,
): void {
  const size = lengths.length;
  const count = Math.sqrt(matrix.length);
  let [pair, at] = [0, 0];
  for (let row = 0; row < count; row++) {
    for (let other = 0; other < row; other++) {
      let distance = 0;
      for (let d = 0; d < size; d++) distance += (lengths[d] ?? 0) * (differences[at++] ?? 0);
      const root = SQRT5 * Math.sqrt(distance);
      const decay = scale * Math.exp(-root);
      matrix[row * count + other] = decay * ((5 / 3) * distance + root + 1);
      if (slopes) slopes[pair++] = (-5 / 6) * (root + 1) * decay;
    }
    matrix[row * count + row] = scale + noise;
  }
}
