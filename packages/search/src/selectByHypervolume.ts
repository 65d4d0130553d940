import { compareLosses, type Losses, lexicographicOrder } from "./dominance.js";
import { hypervolumeContribution } from "./hypervolume.js";

const EPSILON = 1e-12; // stands for 0, below which 1.1 times the worst value is no margin

/**
 * A reference point a tenth beyond the worst value of each objective, all minimised.
 * Of no points it has no objectives.
 */
export function referencePointOf(points: readonly Losses[]): Losses {
  return (points[0] ?? []).map((_, objective) => {
    const worst = points.reduce(
      (highest, point) => Math.max(highest, point[objective] ?? highest),
      Number.NEGATIVE_INFINITY,
    );
    return Math.max(1.1 * worst, 0.9 * worst) || EPSILON;
  });
}

/**
 * Indices of `count` points that together dominate much volume, chosen one after the other by
 * what each adds (at least 1 - 1/e of the best possible). Equal points count once as long as
 * there are others. With an infinite reference point no volume can be compared: the first ones.
 * @see Guerreiro, Fonseca & Paquete, "Greedy hypervolume subset selection in low dimensions",
 *   Evol. Comput. 24 (2016)
 */
export function selectByHypervolume(
  points: readonly Losses[],
  count: number,
  reference: Losses,
): number[] {
  if (count >= points.length) return points.map((_, index) => index);
  const distinct = lexicographicOrder(points).filter((index, position, order) => {
    const before = points[order[position - 1] ?? -1];
    return before === undefined || compareLosses(before, points[index] ?? []) !== 0;
  });
  if (distinct.length < count) return withDuplicates(distinct, points.length, count);
  if (!reference.every(Number.isFinite)) return distinct.slice(0, count);

  // What a point adds only shrinks as others are chosen, so an old figure is an upper bound.
  const candidates = distinct.map((index) => {
    const point = points[index] ?? [];
    return { index, point, adds: hypervolumeContribution(point, [], reference) };
  });
  const chosen: (typeof candidates)[number][] = [];
  while (chosen.length < count) {
    const others = chosen.map(({ point }) => point);
    let best: (typeof candidates)[number] | undefined;
    for (const candidate of candidates) {
      if (chosen.includes(candidate) || (best !== undefined && candidate.adds <= best.adds))
        continue;
      candidate.adds = hypervolumeContribution(candidate.point, others, reference);
      if (best === undefined || candidate.adds > best.adds) best = candidate;
    }
    if (best === undefined) break;
    chosen.push(best);
  }
  return chosen.map(({ index }) => index);
}

/** All distinct points, and the first of the others. */
function withDuplicates(distinct: readonly number[], length: number, count: number): number[] {
  const taken = new Set(distinct);
  for (let index = 0; index < length && taken.size < count; index++) taken.add(index);
  return [...taken].sort((a, b) => a - b);
}
