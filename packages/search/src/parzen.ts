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

export interface ParzenOptions {
  /** [observations], `recencyWeights` by default. */
  readonly weights?: Float64Array;
  /** 1 by default. */
  readonly priorWeight?: number;
  /** See toNormalKernels. */
  readonly magicClip?: boolean;
  readonly endpoints?: boolean;
}

/** @param observations [axis][observation]: codes, oldest first */
export function createParzenEstimator(
  axes: readonly ParzenAxis[],
  observations: readonly Float64Array[],
  options: ParzenOptions = {},
): ParzenEstimator {
  const { priorWeight = 1 } = options;
  const weights = options.weights ?? recencyWeights(observations[0]?.length ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0) + priorWeight;
  const shares = new Float64Array(weights.length + 1).fill(priorWeight / total);
  for (const [index, weight] of weights.entries()) shares[index] = weight / total;
  const logShares = shares.map(Math.log);
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
      for (const [position, kernel] of kernels.entries())
        kernel.addLogPdf(codes[position] ?? Number.NaN, sums);
      return logSumExp(sums);
    },
  };
}

/** The newest 25 observations weigh 1, the older ones from 1/count at the oldest up to 1. */
export function recencyWeights(count: number): Float64Array {
  const ramp = Math.max(0, count - 25);
  return Float64Array.from({ length: count }, (_, index) => {
    if (index >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + (index * (1 - 1 / count)) / (ramp - 1);
  });
}

/** Means and deviations of an axis' kernels, [observations + 1]; the last one is the prior. */
export interface NormalKernels {
  readonly mus: Float64Array;
  readonly sigmas: Float64Array;
}

/**
 * A kernel is as wide as the larger gap to its neighbours, the axis' ends being neighbours only
 * of a lone observation (`endpoints`: always), but at least the range / min(100, observations + 2)
 * (without `magicClip`: wider than nothing).
 */
export function toNormalKernels(
  axis: NumericAxis,
  codes: Float64Array,
  { magicClip = true, endpoints = false }: ParzenOptions = {},
): NormalKernels {
  const { low, high } = axis;
  const count = codes.length;
  const mus = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) mus[index] = axis.toAxis(codes[index] ?? 0);
  mus[count] = 0.5 * (low + high);
  const range = high - low;
  const narrowest = magicClip ? range / Math.min(100, count + 2) : range * LEAST_SIGMA;
  const sigmas = new Float64Array(count + 1).fill(Math.min(range, narrowest));
  sigmas[count] = range;
  const wider = widerKernels(mus.slice(0, count), { axis, narrowest, endpoints });
  if (wider.size > 0)
    for (let index = 0; index < count; index++) {
      const ofEquals = wider.get(mus[index] ?? 0);
      // Of equal observations the first has the gap below, the last the gap above.
      const sigma = ofEquals?.shift();
      if (sigma !== undefined) sigmas[index] = sigma;
    }
  return { mus, sigmas };
}

/**
 * The widths of observations that have a gap beside them, by their place on the axis; of equal ones
 * in their order. Long histories have few, so that all their observations need not be sorted by
 * comparing: JavaScript sorts numbers alone ten times as fast.
 */
function widerKernels(
  places: Float64Array,
  {
    axis: { low, high },
    narrowest,
    endpoints,
  }: { axis: NumericAxis; narrowest: number; endpoints: boolean },
): Map<number, number[]> {
  const range = high - low;
  const sorted = places.sort();
  const count = sorted.length;
  const wider = new Map<number, number[]>();
  /** The larger gap beside the observation of a rank. */
  const gapAt = (rank: number): number => {
    const mu = sorted[rank] ?? 0;
    const below = mu - (rank > 0 ? (sorted[rank - 1] ?? 0) : low);
    const above = (rank < count - 1 ? (sorted[rank + 1] ?? 0) : high) - mu;
    if (!endpoints && count > 1 && rank === 0) return above;
    if (!endpoints && count > 1 && rank === count - 1) return below;
    return Math.max(below, above);
  };
  for (let first = 0; first < count; ) {
    const mu = sorted[first] ?? 0;
    let end = first + 1;
    while (end < count && sorted[end] === mu) end++;
    const gap = gapAt(first);
    const lastGap = end - 1 > first ? gapAt(end - 1) : gap;
    if (gap > narrowest || lastGap > narrowest) {
      const widths = new Array<number>(end - first).fill(Math.min(range, narrowest));
      widths[0] = Math.min(range, Math.max(narrowest, gap));
      widths[end - 1 - first] = Math.min(range, Math.max(narrowest, lastGap));
      wider.set(mu, widths);
    }
    first = end;
  }
  return wider;
}

/** Of the range: equal observations would have kernels of no width. */
const LEAST_SIGMA = 1e-12;

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
  const [a, b] = [(low - mu) / sigma, (high - mu) / sigma];
  return a < -ALL_INSIDE && b > ALL_INSIDE ? 0 : logNormalMass(a, b);
}

/** Deviations beyond which less than half of a double's last place is left. */
const ALL_INSIDE = 9;

function addDensity(axis: NumericAxis, { mus, sigmas }: NormalKernels): AxisKernels["addLogPdf"] {
  const inverse = sigmas.map((sigma) => 1 / sigma);
  let last = { sigma: Number.NaN, log: Number.NaN }; // most kernels of a long history are as wide
  const constants = mus.map((mu, index) => {
    const sigma = sigmas[index] ?? 1;
    if (sigma !== last.sigma) last = { sigma, log: Math.log(sigma) };
    return -LOG_SQRT_2PI - last.log - logShareInside(axis, mu, sigma);
  });
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
  for (const value of values) if (value > max) max = value;
  if (max === Number.NEGATIVE_INFINITY) return max;
  let sum = 0;
  for (const value of values) {
    const below = value - max;
    if (below > LOG_LEAST) sum += Math.exp(below); // else it would add 0
  }
  return max + Math.log(sum);
}
