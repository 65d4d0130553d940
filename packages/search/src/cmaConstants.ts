/** What CMA-ES fixes before it begins, by the number of dimensions n and the population λ. */
export interface CmaConstants {
  readonly dims: number;
  /** λ: solutions of a generation. */
  readonly popsize: number;
  /** μ: the better half, which moves the mean. */
  readonly mu: number;
  readonly muEff: number;
  /** [λ], best first; the later ones are negative. */
  readonly weights: Float64Array;
  /** Learning rates of the rank-one and the rank-μ update of the covariance. */
  readonly c1: number;
  readonly cMu: number;
  /** Of the evolution path of the covariance, and of that of the step size with its damping. */
  readonly cc: number;
  readonly cSigma: number;
  readonly dSigma: number;
  /** Expected length of a standard normal vector. */
  readonly chiN: number;
}

export const defaultPopsize = (dims: number): number => 4 + Math.floor(3 * Math.log(dims));

/** @see Hansen, "The CMA evolution strategy: a tutorial" (2016), table 1 */
export function cmaConstants(dims: number, popsize = defaultPopsize(dims)): CmaConstants {
  const mu = Math.floor(popsize / 2);
  const raw = Array.from(
    { length: popsize },
    (_, i) => Math.log((popsize + 1) / 2) - Math.log(i + 1),
  );
  const muEff = effectiveSize(raw.slice(0, mu));
  const muEffMinus = effectiveSize(raw.slice(mu));
  const c1 = 2 / ((dims + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1 - 1e-8, (2 * (muEff - 2 + 1 / muEff)) / ((dims + 2) ** 2 + muEff));
  const alpha = Math.min(
    1 + c1 / cMu,
    1 + (2 * muEffMinus) / (muEff + 2),
    (1 - c1 - cMu) / (dims * cMu),
  );
  const positive = sum(raw.filter((weight) => weight > 0));
  const negative = -sum(raw.filter((weight) => weight < 0));
  const cSigma = (muEff + 2) / (dims + muEff + 5);
  return {
    dims,
    popsize,
    mu,
    muEff,
    weights: Float64Array.from(raw, (weight) =>
      weight >= 0 ? weight / positive : (alpha * weight) / negative,
    ),
    c1,
    cMu,
    cc: (4 + muEff / dims) / (dims + 4 + (2 * muEff) / dims),
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (dims + 1)) - 1) + cSigma,
    chiN: Math.sqrt(dims) * (1 - 1 / (4 * dims) + 1 / (21 * dims * dims)),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const effectiveSize = (weights: readonly number[]) =>
  sum(weights) ** 2 / sum(weights.map((weight) => weight * weight));
