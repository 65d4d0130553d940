import { studentTCdf } from "./studentT.js";

/**
 * Families of learning curves, each y(x) = a + b·shape(x) with x = 1, 2, … reports. All shapes
 * fall from about 1 to 0, so a is the value in the long run. The exponents and half-lives are a
 * grid in place of Domhan's Markov chains: with a and b integrated in closed form it gives the
 * same answer every time, and within a millisecond.
 */
function shapes(horizon: number): { weight: number; shape: (x: number) => number }[] {
  const lives: number[] = [];
  for (let life = 0.5; life <= 2 * horizon; life *= Math.SQRT2) lives.push(life);
  const families = [
    // pow3
    [0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2].map((power) => (x: number) => x ** -power),
    // vapour pressure's cousin: a logarithm that never quite ends
    [(x: number) => Math.LN2 / Math.log(x + 1)],
    // exp3
    lives.map((life) => (x: number) => 2 ** ((1 - x) / life)),
    // hill3 with exponent 1 (MMF)
    lives.map((life) => (x: number) => (life + 1) / (life + x)),
    // Weibull, with a slow start
    lives.map((life) => (x: number) => 2 ** -((x / life) ** 2)),
  ];
  return families.flatMap((family) =>
    family.map((shape) => ({ weight: 1 / (families.length * family.length), shape })),
  );
}

/** Prior deviation of a and b in units of the noise: wide enough to say nothing. */
const PRIOR_VARIANCE = 1e6;
/** The noise is expected to be about so much of the curve's range; worth two reports. */
const NOISE_SHARE = 0.02;
const PRIOR_STRENGTH = 1;

/** What a curve is expected to be at a later report. */
export interface Extrapolation {
  readonly mean: number;
  /** P(value < bar). */
  below(bar: number): number;
}

/**
 * Extrapolates a curve to report number `target`, noise included: Bayesian linear regression of
 * each shape, averaged by how well the shapes explain the reports.
 * @param points finite values; x counts reports from 1; at least 2 of them
 * @see Domhan, Springenberg & Hutter, Speeding Up Automatic Hyperparameter Optimization of Deep
 *   Neural Networks by Extrapolation of Learning Curves (IJCAI 2015), §3, table 1
 * @see Murphy, Machine Learning: A Probabilistic Perspective (2012), §7.6.3
 */
export function extrapolate(
  points: readonly { readonly x: number; readonly y: number }[],
  target: number,
): Extrapolation {
  const ys = points.map(({ y }) => y);
  const last = ys.at(-1) ?? 0;
  // Centred and scaled by its range, the priors suit any metric.
  const range = Math.max(...ys) - Math.min(...ys) || Math.abs(last) || 1;
  const scaled = points.map(({ x, y }) => ({ x, y: (y - last) / range }));
  const fits = shapes(target).map(({ weight, shape }) => ({
    ...regress(scaled, shape, target),
    prior: Math.log(weight),
  }));
  const logs = fits.map(({ evidence, prior }) => evidence + prior);
  const highest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (of: (fit: (typeof fits)[number]) => number) =>
    fits.reduce((sum, fit, index) => sum + (weights[index] ?? 0) * of(fit), 0) / total;
  const freedom = 2 * PRIOR_STRENGTH + points.length;
  return {
    mean: last + range * average(({ mean }) => mean),
    below: (bar) =>
      average(({ mean, deviation }) =>
        studentTCdf(((bar - last) / range - mean) / deviation, freedom),
      ),
  };
}

/** One shape's regression: its log evidence, and the predictive distribution at `target`. */
function regress(
  points: readonly { readonly x: number; readonly y: number }[],
  shape: (x: number) => number,
  target: number,
) {
  let [s0, s1, s2] = [points.length + 1 / PRIOR_VARIANCE, 0, 1 / PRIOR_VARIANCE];
  let [t0, t1, yy] = [0, 0, 0];
  for (const { x, y } of points) {
    const f = shape(x);
    s1 += f;
    s2 += f * f;
    t0 += y;
    t1 += f * y;
    yy += y * y;
  }
  const determinant = s0 * s2 - s1 * s1;
  const a = (s2 * t0 - s1 * t1) / determinant;
  const b = (s0 * t1 - s1 * t0) / determinant;
  const residual = Math.max(0, yy - a * t0 - b * t1) / 2 + PRIOR_STRENGTH * NOISE_SHARE ** 2;
  const strength = PRIOR_STRENGTH + points.length / 2;
  const f = shape(target);
  const leverage = (s2 - 2 * f * s1 + f * f * s0) / determinant;
  return {
    mean: a + b * f,
    deviation: Math.sqrt((residual / strength) * (1 + leverage)),
    evidence: -0.5 * Math.log(determinant) - strength * Math.log(residual),
  };
}
