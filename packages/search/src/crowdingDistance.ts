import type { Losses } from "./dominance.js";

/**
 * How lonely each point is among the points of its front: over the objectives, the sum of the gap
 * between its two neighbours, as a share of the front's range. Infinity at the ends of an
 * objective; an objective in which all are equal adds nothing. Infinite values are at the ends,
 * and the range is that of the finite ones.
 * @see Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans.
 *   Evol. Comput. 6 (2002), §III-B; the ends of equal values as in Optuna 5.0
 */
export function crowdingDistances(front: readonly Losses[]): Float64Array {
  const distances = new Float64Array(front.length);
  const order = front.map((_, index) => index);
  for (let objective = 0; objective < (front[0]?.length ?? 0); objective++) {
    const value = (index: number) => front[index]?.[objective] ?? 0;
    // Stable on purpose: points equal in this objective keep their order by the one before.
    order.sort((a, b) => compare(value(a), value(b)));
    const sorted = order.map(value);
    const [lowest = 0, highest = 0] = [sorted[0], sorted.at(-1)];
    if (lowest === highest) continue;
    const finite = sorted.filter(Number.isFinite);
    const range = (finite.at(-1) ?? 0) - (finite[0] ?? 0) || 1;
    for (const [position, index] of order.entries()) {
      const below = sorted[position - 1] ?? Number.NEGATIVE_INFINITY;
      const above = sorted[position + 1] ?? Number.POSITIVE_INFINITY;
      if (below !== above) distances[index] = (distances[index] ?? 0) + (above - below) / range;
    }
  }
  return distances;
}

const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
