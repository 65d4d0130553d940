import { type Losses, nondominatedRanks } from "./dominance.js";
import { referencePointOf, selectByHypervolume } from "./selectByHypervolume.js";

/**
 * Indices of the best `count` points, ascending: whole fronts as long as they fit, and of the one
 * that does not, those that together dominate most volume. That is how TPE with several
 * objectives tells good runs from bad ones.
 * @see Ozaki et al., "Multiobjective tree-structured Parzen estimator", JAIR 73 (2022); Optuna 5.0
 */
export function bestByDominance(points: readonly Losses[], count: number): number[] {
  const ranks = nondominatedRanks(points);
  const chosen: number[] = [];
  for (let rank = 0; chosen.length < Math.min(count, points.length); rank++) {
    const front = points.flatMap((_, index) => (ranks[index] === rank ? [index] : []));
    const losses = front.map((index) => points[index] ?? []);
    const room = count - chosen.length;
    for (const position of selectByHypervolume(losses, room, referencePointOf(losses)))
      chosen.push(front[position] ?? 0);
  }
  return chosen.sort((a, b) => a - b);
}
