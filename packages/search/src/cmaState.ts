import type { CmaConstants } from "./cmaConstants.js";
import { symmetricEigen } from "./symmetricEigen.js";

/** A search distribution: normal, with mean `mean` and covariance sigma² C. */
export interface CmaState {
  readonly constants: CmaConstants;
  /** Generations told so far. */
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly initialSigma: number;
  /** Evolution paths of the step size and of the covariance, [n]. */
  readonly pSigma: Float64Array;
  readonly pC: Float64Array;
  /** [n, n], row-major. */
  readonly covariance: Float64Array;
  /** C = vectors · diag(scales²) · vectorsᵀ. */
  readonly scales: Float64Array;
  readonly vectors: Float64Array;
  /** Best losses of the last generations, newest last. */
  readonly bests: readonly number[];
}

export interface Solution {
  readonly x: Float64Array;
  /** To be minimised; +Infinity for the worst. */
  readonly loss: number;
}

export function createCmaState(
  constants: CmaConstants,
  mean: Float64Array,
  sigma: number,
): CmaState {
  const { dims } = constants;
  const identity = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++) identity[i * dims + i] = 1;
  return {
    constants,
    generation: 0,
    mean,
    sigma,
    initialSigma: sigma,
    pSigma: new Float64Array(dims),
    pC: new Float64Array(dims),
    covariance: identity,
    scales: new Float64Array(dims).fill(1),
    vectors: identity.slice(),
    bests: [],
  };
}

const LEAST_EIGENVALUE = 1e-8;
const SIGMA_MAX = 1e32;

/**
 * The state after a generation of exactly `popsize` solutions, in any order.
 * @see Hansen, "The CMA evolution strategy: a tutorial" (2016), figure 6; with negative weights
 */
export function tellCma(state: CmaState, solutions: readonly Solution[]): CmaState {
  const { constants, sigma } = state;
  const { dims: n, mu, muEff, weights, c1, cMu, cc, cSigma, dSigma, chiN } = constants;
  const ranked = solutions.toSorted((a, b) => compare(a.loss, b.loss));
  // Steps from the mean in units of sigma, best first: [λ][n].
  const steps = ranked.map(({ x }) => x.map((xi, i) => (xi - (state.mean[i] ?? 0)) / sigma));
  const step = new Float64Array(n);
  for (let k = 0; k < mu; k++) addScaled(step, weights[k] ?? 0, steps[k]);
  const mean = state.mean.map((m, i) => m + sigma * (step[i] ?? 0));

  const pSigma = state.pSigma.map((p) => (1 - cSigma) * p);
  addScaled(pSigma, Math.sqrt(cSigma * (2 - cSigma) * muEff), whiten(state, step));
  const length = norm(pSigma);
  const generation = state.generation + 1;
  const expected = Math.sqrt(1 - (1 - cSigma) ** (2 * (generation + 1)));
  // A path that grew fast says that sigma is too small: C then waits.
  const h = length / expected < (1.4 + 2 / (n + 1)) * chiN ? 1 : 0;
  const pC = state.pC.map((p) => (1 - cc) * p);
  addScaled(pC, h * Math.sqrt(cc * (2 - cc) * muEff), step);

  const weightSum = weights.reduce((total, weight) => total + weight, 0);
  const kept = 1 + c1 * (1 - h) * cc * (2 - cc) - c1 - cMu * weightSum;
  const covariance = state.covariance.map((value) => kept * value);
  addOuter(covariance, c1, pC);
  for (const [k, y] of steps.entries()) {
    const weight = weights[k] ?? 0;
    const shrink = weight >= 0 ? 1 : n / (norm(whiten(state, y)) ** 2 + LEAST_EIGENVALUE);
    addOuter(covariance, cMu * weight * shrink, y);
  }
  const best = ranked[0]?.loss ?? Number.POSITIVE_INFINITY;
  return {
    ...decompose(covariance, n),
    constants,
    generation,
    mean,
    sigma: Math.min(sigma * Math.exp((cSigma / dSigma) * (length / chiN - 1)), SIGMA_MAX),
    initialSigma: state.initialSigma,
    pSigma,
    pC,
    bests: [...state.bests, best].slice(-bestsKept(constants)),
  };
}

/** A point of the distribution from n standard normal numbers. */
export function drawCma(
  { mean, sigma, scales, vectors, constants: { dims: n } }: CmaState,
  normals: Float64Array,
): Float64Array {
  return mean.map((m, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++)
      sum += (vectors[i * n + j] ?? 0) * (scales[j] ?? 0) * (normals[j] ?? 0);
    return m + sigma * sum;
  });
}

/** Generations over which nothing may have become better before a search ends. */
const bestsKept = ({ dims, popsize }: CmaConstants) => 10 + Math.ceil((30 * dims) / popsize);

/**
 * Why the search has nothing more to gain where it is; null if it has.
 * @see Hansen's tutorial, appendix B.3, with pycma's tolerances
 */
export function cmaStopReason(state: CmaState): string | null {
  const { constants, sigma, scales, pC, bests, covariance, mean } = state;
  const n = constants.dims;
  if (bests.length >= bestsKept(constants)) {
    const range = Math.max(...bests) - Math.min(...bests);
    if (range < 1e-12) return "values no longer differ";
  }
  const tiny = 1e-12 * state.initialSigma;
  const deviation = (i: number) => Math.sqrt(Math.max(0, covariance[i * n + i] ?? 0));
  const indices = Array.from({ length: n }, (_, i) => i);
  if (indices.every((i) => sigma * Math.max(deviation(i), Math.abs(pC[i] ?? 0)) < tiny))
    return "steps are too small";
  const [least, most] = [Math.min(...scales), Math.max(...scales)];
  if (!(sigma * most <= 1e4 * state.initialSigma)) return "steps are too large";
  if (!(most * most <= 1e14 * least * least)) return "the covariance is degenerate";
  const stuck = (i: number) => (mean[i] ?? 0) === (mean[i] ?? 0) + 0.2 * sigma * deviation(i);
  return indices.some(stuck) ? "a step no longer moves a coordinate" : null;
}

/** Infinite losses last; their difference would be NaN. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

/** C^(-1/2) · v */
function whiten({ scales, vectors, constants }: CmaState, v: Float64Array): Float64Array {
  const n = constants.dims;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let dot = 0;
    for (let i = 0; i < n; i++) dot += (vectors[i * n + j] ?? 0) * (v[i] ?? 0);
    const scaled = dot / (scales[j] ?? 1);
    for (let i = 0; i < n; i++) out[i] = (out[i] ?? 0) + (vectors[i * n + j] ?? 0) * scaled;
  }
  return out;
}

/** Eigenvalues that rounding made negative are lifted to the least one. */
function decompose(covariance: Float64Array, n: number) {
  const { values, vectors } = symmetricEigen(covariance, n);
  const scales = values.map((value) => Math.sqrt(value < 0 ? LEAST_EIGENVALUE : value));
  return { covariance, scales, vectors };
}

function addScaled(target: Float64Array, factor: number, v: Float64Array | undefined): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + factor * (v?.[i] ?? 0);
}

function addOuter(target: Float64Array, factor: number, v: Float64Array): void {
  const n = v.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      target[i * n + j] = (target[i * n + j] ?? 0) + factor * (v[i] ?? 0) * (v[j] ?? 0);
}

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
