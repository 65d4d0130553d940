import { type KernelOptions, type NormalKernels, toNormalKernels } from "./normalKernels.js";
import type { NumericAxis, ParzenAxis } from "./parzenAxis.js";
import { logNormalMass, truncatedNormalQuantile } from "./truncatedNormal.js";

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/** The kernels of one axis, one for each observation and the prior last. */
export interface AxisKernels {
  /** A code drawn from kernel `index`. */
  draw(index: number, nextUnit: () => number): number;
  /** Adds the log density (continuous) or log mass (discrete) of `code` under each kernel. */
  addLogPdf(code: number, sums: Float64Array): void;
}

/**
 * A mixture of products: each observation is a kernel over all axes together, and a prior as
 * wide as the space is the last one. Infinite or NaN observations are not allowed.
 * @see Watanabe, "Tree-structured Parzen estimator: understanding its algorithm components and
 *   their roles for better empirical performance" (2023); Optuna 5.0, _tpe/parzen_estimator.py
 */
export interface ParzenEstimator {
  /** [observations + 1], summing to 1. */
  readonly weights: Float64Array;
  /** Codes of one point, one for each axis, all from the same kernel. */
  sample(nextUnit: () => number): number[];
  /** Log density at the codes of one point; discrete axes count with the mass of their cell. */
  logPdf(codes: readonly number[]): number;
}

export interface ParzenOptions extends KernelOptions {
  /** [observations], `recencyWeights` by default. */
  readonly weights?: Float64Array;
  /** 1 by default. */
  readonly priorWeight?: number;
}

/** @param observations [axis][observation]: codes, oldest first */
export function createParzenEstimator(
  axes: readonly ParzenAxis[],
  observations: readonly Float64Array[],
  options: ParzenOptions = {},
): ParzenEstimator {
  const { priorWeight = 1 } = options;
  const weights = options.weights ?? recencyWeights(observations[0]?.length ?? 0);
  const count = weights.length;
  let total = 0;
  for (let index = 0; index < count; index++) total += weights[index] ?? 0;
  total += priorWeight;
  const shares = new Float64Array(count + 1).fill(priorWeight / total);
  const logShares = new Float64Array(count + 1).fill(Math.log(priorWeight / total));
  for (let index = 0; index < count; index++) {
    const share = (weights[index] ?? 0) / total;
    shares[index] = share;
    logShares[index] = Math.log(share);
  }
  const kernels = axes.map((axis, position) => {
    const codes = observations[position] ?? new Float64Array();
    return axis.kind === "numeric"
      ? numericKernels(axis, codes, options)
      : categoricalKernels(axis.choices, codes, priorWeight);
  });
  const sums = new Float64Array(shares.length);
  return {
    weights: shares,
    sample(nextUnit) {
      const index = pick(shares, nextUnit());
      return kernels.map((kernel) => kernel.draw(index, nextUnit));
    },
    logPdf(codes) {
      sums.set(logShares);
      for (let position = 0; position < kernels.length; position++)
        kernels[position]?.addLogPdf(codes[position] ?? Number.NaN, sums);
      return logSumExp(sums);
    },
  };
}

/** The newest 25 observations weigh 1, the older ones from 1/count at the oldest up to 1. */
export function recencyWeights(count: number): Float64Array {
  const ramp = Math.max(0, count - 25);
  const weights = new Float64Array(count).fill(1);
  if (ramp === 1) weights[0] = 1 / count;
  else
    for (let index = 0; index < ramp; index++)
      weights[index] = 1 / count + (index * (1 - 1 / count)) / (ramp - 1);
  return weights;
}

function numericKernels(
  axis: NumericAxis,
  codes: Float64Array,
  options: ParzenOptions,
): AxisKernels {
  const kernels = toNormalKernels(axis, codes, options);
  const { mus, sigmas } = kernels;
  const draw: AxisKernels["draw"] = (index, nextUnit) => {
    const [mu, sigma] = [mus[index] ?? 0, sigmas[index] ?? 1];
    const [a, b] = [(axis.low - mu) / sigma, (axis.high - mu) / sigma];
    return axis.fromAxis(mu + sigma * truncatedNormalQuantile(nextUnit(), a, b));
  };
  const addLogPdf = axis.discrete ? addCellMass(axis, kernels) : addDensity(axis, kernels);
  return { draw, addLogPdf };
}

/** Logarithm of the share of a normal kernel that lies on the axis. */
function logShareInside({ low, high }: NumericAxis, mu: number, sigma: number): number {
  const a = (low - mu) / sigma;
  const b = (high - mu) / sigma;
  return a < -ALL_INSIDE && b > ALL_INSIDE ? 0 : logNormalMass(a, b);
}

/** Deviations beyond which less than half of a double's last place is left. */
const ALL_INSIDE = 9;

function addDensity(axis: NumericAxis, { mus, sigmas }: NormalKernels): AxisKernels["addLogPdf"] {
  const count = mus.length;
  const inverse = new Float64Array(count);
  const constants = new Float64Array(count);
  // Most kernels of a long history are equally wide.
  let last = Number.NaN;
  let logLast = Number.NaN;
  for (let index = 0; index < count; index++) {
    const sigma = sigmas[index] ?? 1;
    if (sigma !== last) logLast = Math.log(sigma);
    last = sigma;
    inverse[index] = 1 / sigma;
    constants[index] = -LOG_SQRT_2PI - logLast - logShareInside(axis, mus[index] ?? 0, sigma);
  }
  return (code, sums) => {
    const place = axis.toAxis(code);
    for (let index = 0; index < sums.length; index++) {
      const z = (place - (mus[index] ?? 0)) * (inverse[index] ?? 0);
      sums[index] = (sums[index] ?? 0) + (constants[index] ?? 0) - 0.5 * z * z;
    }
  };
}

/** Long histories have few distinct kernels on a discrete axis: each mass is computed once. */
function addCellMass(axis: NumericAxis, { mus, sigmas }: NormalKernels): AxisKernels["addLogPdf"] {
  const distinct: { mu: number; sigma: number; logInside: number }[] = [];
  const known = new Map<number, Map<number, number>>();
  const kindOf = Uint32Array.from(mus, (mu, index) => {
    const sigma = sigmas[index] ?? 1;
    const bySigma = known.get(mu) ?? new Map<number, number>();
    known.set(mu, bySigma);
    const kind = bySigma.get(sigma) ?? distinct.length;
    if (kind === distinct.length) {
      bySigma.set(sigma, kind);
      distinct.push({ mu, sigma, logInside: logShareInside(axis, mu, sigma) });
    }
    return kind;
  });
  return (code, sums) => {
    const [left, right] = axis.cell(code);
    const masses = distinct.map(
      ({ mu, sigma, logInside }) =>
        logNormalMass((left - mu) / sigma, (right - mu) / sigma) - logInside,
    );
    for (let index = 0; index < sums.length; index++)
      sums[index] = (sums[index] ?? 0) + (masses[kindOf[index] ?? 0] ?? 0);
  };
}

/** Each kernel prefers its own choice; the prior is uniform. */
function categoricalKernels(
  choices: number,
  codes: Float64Array,
  priorWeight: number,
): AxisKernels {
  const share = priorWeight / (codes.length + 1);
  const total = choices * share + 1;
  const own = Math.log((share + 1) / total);
  const other = Math.log(share / total);
  const uniform = Math.log(1 / choices);
  return {
    draw(index, nextUnit) {
      const u = nextUnit();
      const code = codes[index];
      if (code === undefined) return Math.min(choices - 1, Math.floor(u * choices));
      // The excess of the own choice first, then all choices alike.
      const rest = u * total - 1;
      return rest < 0 ? code : Math.min(choices - 1, Math.floor(rest / share));
    },
    addLogPdf(code, sums) {
      const prior = sums.length - 1;
      for (let index = 0; index < prior; index++)
        sums[index] = (sums[index] ?? 0) + (codes[index] === code ? own : other);
      sums[prior] = (sums[prior] ?? 0) + uniform;
    },
  };
}

/** The index at which the running sum of `shares` passes `u`. */
function pick(shares: Float64Array, u: number): number {
  let sum = 0;
  for (let index = 0; index < shares.length - 1; index++) {
    sum += shares[index] ?? 0;
    if (u < sum) return index;
  }
  return shares.length - 1;
}

/** Below it exp() is 0. */
const LOG_LEAST = -746;

function logSumExp(values: Float64Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value > max) max = value;
  }
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const below = (values[index] ?? 0) - max;
    if (below > LOG_LEAST) sum += Math.exp(below); // else it would add 0
  }
  return max + Math.log(sum);
}
