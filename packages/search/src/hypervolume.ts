import { compareLosses, dominates, type Losses, lexicographicOrder } from "./dominance.js";

/**
 * The volume that `points` dominate, up to `reference`. All objectives are minimised; points that
 * are not below the reference in every objective add nothing. Infinite if a point has -Infinity
 * in an objective; 0 without points. NaN is not allowed. Exact.
 *
 * @param reference as long as each point; anything worse than it does not count
 * @see While, Bradstreet & Barone, "A fast way of calculating exact hypervolumes", IEEE Trans.
 *   Evol. Comput. 16 (2012), WFG
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  const inside = points.filter((point) => isBelow(point, reference));
  if (inside.some((point) => point.includes(Number.NEGATIVE_INFINITY)))
    return Number.POSITIVE_INFINITY;
  return volumeOf(nondominatedInOrder(inside), reference);
}

/**
 * What `point` adds to the hypervolume of `others`: 0 if one of them is as good everywhere.
 * Infinite if it is -Infinity in an objective.
 */
export function hypervolumeContribution(
  point: Losses,
  others: readonly Losses[],
  reference: Losses,
): number {
  if (!isBelow(point, reference)) return 0;
  const own = boxVolume(point, reference);
  if (own === Number.POSITIVE_INFINITY) return own;
  // What both dominate is dominated by the worse of the two in each objective.
  const shared = others.map((other) =>
    other.map((loss, objective) => Math.max(loss, point[objective] ?? loss)),
  );
  return Math.max(0, own - hypervolume(shared, reference));
}

const isBelow = (point: Losses, reference: Losses) =>
  point.every((loss, objective) => loss < (reference[objective] ?? Number.NEGATIVE_INFINITY));

/** Distinct points that nothing dominates, by the first objective. */
function nondominatedInOrder(points: readonly Losses[]): Losses[] {
  const kept: Losses[] = [];
  for (const index of lexicographicOrder(points)) {
    const point = points[index] ?? [];
    if (!kept.some((other) => compareLosses(other, point) === 0 || dominates(other, point)))
      kept.push(point);
  }
  return kept;
}

/** Of distinct points in lexicographic order that don't dominate each other. */
function volumeOf(points: readonly Losses[], reference: Losses): number {
  if (points.length <= 1) return points[0] === undefined ? 0 : boxVolume(points[0], reference);
  if (reference.length === 2) return areaOf(points, reference);
  let volume = 0;
  // The last objective first: limited to a point, the later ones then lie close together.
  const sorted = points.toSorted((a, b) => (b.at(-1) ?? 0) - (a.at(-1) ?? 0));
  for (const [position, point] of sorted.entries()) {
    // All that come later are at least as good in the last objective, so it is the point's own
    // there once limited: a volume with one objective less, times the height.
    const height = (reference.at(-1) ?? 0) - (point.at(-1) ?? 0);
    const base = point.slice(0, -1);
    const limited = sorted
      .slice(position + 1)
      .map((other) => base.map((loss, objective) => Math.max(loss, other[objective] ?? loss)));
    const baseReference = reference.slice(0, -1);
    const shared = volumeOf(nondominatedInOrder(limited), baseReference);
    volume += (boxVolume(base, baseReference) - shared) * height;
  }
  return volume;
}

/** A sweep over the first objective, along which the second one falls. */
function areaOf(points: readonly Losses[], [right = 0, top = 0]: Losses): number {
  let [area, ceiling] = [0, top];
  for (const [x = 0, y = 0] of points) {
    area += (right - x) * (ceiling - y);
    ceiling = y;
  }
  return area;
}

const boxVolume = (point: Losses, reference: Losses) =>
  point.reduce((volume, loss, objective) => volume * ((reference[objective] ?? 0) - loss), 1);
