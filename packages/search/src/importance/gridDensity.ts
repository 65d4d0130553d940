import { logNormalMass } from "../truncatedNormal.js";

/** Counts on a grid, and whether the grid's places are choices without an order. */
export interface GridCounts {
  readonly counts: Float64Array;
  readonly unordered: boolean;
}

/** A kernel is at least so wide that nine tenths of it fit its own place. */
const LEAST_SIGMA = 0.5 / 1.64;

/**
 * How likely each place of a grid is, by counts of what fell there: a kernel on each place that
 * has any, weighted by its count, and a flat one of weight 1. In order, kernels are normal and cut
 * off half a place beyond the ends, all with the width of Scott's rule; choices share what their
 * kernel leaves.
 * @see Scott, Multivariate Density Estimation (1992), §6.5; Watanabe, Bansal & Hutter, "PED-ANOVA:
 *   efficiently quantifying hyperparameter importance in arbitrary subspaces", IJCAI 2023
 */
export function gridDensity({ counts, unordered }: GridCounts): Float64Array {
  const occupied = Array.from(counts.keys()).filter((place) => (counts[place] ?? 0) > 0);
  const total = counts.reduce((sum, count) => sum + count, 0) + 1; // the flat kernel counts 1
  return unordered
    ? choiceDensity(counts, occupied, total)
    : orderedDensity(counts, occupied, total);
}

function choiceDensity(counts: Float64Array, occupied: readonly number[], total: number) {
  const choices = counts.length;
  const rest = 1 / (occupied.length + 1);
  const whole = 1 + rest * choices;
  const density = new Float64Array(choices).fill(1 / (total * choices));
  for (const place of occupied) {
    const weight = (counts[place] ?? 0) / total;
    for (let choice = 0; choice < choices; choice++)
      density[choice] =
        (density[choice] ?? 0) + (weight * (choice === place ? 1 + rest : rest)) / whole;
  }
  return density;
}

function orderedDensity(counts: Float64Array, occupied: readonly number[], total: number) {
  const places = counts.length;
  const density = new Float64Array(places);
  const logMass = (sigma: number, from: number, to: number) =>
    logNormalMass(from / sigma, to / sigma);
  const sigma = scottWidth(counts, occupied);
  // Kernels of one width: what matters is how far a place is from the middle of one.
  const logMassAt = Array.from(counts, (_, away) => logMass(sigma, away - 0.5, away + 0.5));
  for (const mu of occupied) {
    const weight = (counts[mu] ?? 0) / total;
    const whole = logMass(sigma, -0.5 - mu, places - 0.5 - mu);
    for (let place = 0; place < places; place++)
      density[place] =
        (density[place] ?? 0) +
        weight * Math.exp((logMassAt[Math.abs(place - mu)] ?? Number.NEGATIVE_INFINITY) - whole);
  }
  const middle = (places - 1) / 2;
  const whole = logMass(places, -0.5 - middle, places - 0.5 - middle);
  for (let place = 0; place < places; place++)
    density[place] =
      (density[place] ?? 0) +
      Math.exp(logMass(places, place - 0.5 - middle, place + 0.5 - middle) - whole) / total;
  return density;
}

function scottWidth(counts: Float64Array, occupied: readonly number[]): number {
  const weights = occupied.map((place) => counts[place] ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return LEAST_SIGMA;
  const sumOver = (of: (place: number) => number) =>
    occupied.reduce((sum, place, index) => sum + (weights[index] ?? 0) * of(place), 0);
  const mean = sumOver((place) => place) / total;
  const deviation = Math.sqrt(sumOver((place) => (place - mean) ** 2) / Math.max(1, total - 1));
  const cumulated: number[] = [];
  for (const weight of weights) cumulated.push((cumulated.at(-1) ?? 0) + weight);
  const first = cumulated.findIndex((sum) => sum >= Math.floor(total / 4));
  const third = cumulated.findIndex((sum) => sum > Math.floor((total * 3) / 4));
  const last = occupied.length - 1;
  const range = (occupied[third < 0 ? last : third] ?? 0) - (occupied[Math.max(0, first)] ?? 0);
  return Math.max(LEAST_SIGMA, 1.059 * Math.min(range / 1.34, deviation) * total ** -0.2);
}
