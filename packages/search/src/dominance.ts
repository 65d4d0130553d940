import type { Direction } from "@sweepyard/contract";

/** One run's objectives, all to be minimised. Infinities are allowed, NaN is not. */
export type Losses = readonly number[];

/** Objectives with the sign turned where more is better, so that smaller is better in all. */
export const toLosses = (values: readonly number[], directions: readonly Direction[]): Losses =>
  values.map((value, objective) => (directions[objective] === "maximize" ? -value : value));

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (let objective = 0; objective < a.length; objective++) {
    const difference = compare(a[objective] ?? 0, b[objective] ?? 0);
    if (difference > 0) return false;
    if (difference < 0) better = true;
  }
  return better;
}

/**
 * The front that each point belongs to: 0 for those that no other point dominates, 1 for those
 * that only points of front 0 dominate, and so on. Equal points share a front.
 * O(n log n) comparisons with two objectives, at worst O(n²) with more.
 * @see Zhang et al., "An efficient approach to nondominated sorting for evolutionary
 *   multiobjective optimization", IEEE Trans. Evol. Comput. 19 (2015), ENS
 */
export function nondominatedRanks(points: readonly Losses[]): Uint32Array {
  const ranks = new Uint32Array(points.length);
  const fronts: Losses[][] = [];
  let previous: { point: Losses; rank: number } | undefined;
  for (const index of lexicographicOrder(points)) {
    const point = points[index] ?? [];
    const rank =
      previous !== undefined && compareLosses(previous.point, point) === 0
        ? previous.rank
        : firstFrontFor(point, fronts);
    ranks[index] = rank;
    previous = { point, rank };
    const front = fronts[rank];
    if (front === undefined) fronts.push([point]);
    else front.push(point);
  }
  return ranks;
}

/** Indices of the points that no other point dominates, ascending. */
export function nondominatedIndices(points: readonly Losses[]): number[] {
  const kept: Losses[] = [];
  const indices: number[] = [];
  for (const index of lexicographicOrder(points)) {
    const point = points[index] ?? [];
    if (isDominatedBy(kept, point)) continue;
    kept.push(point);
    indices.push(index);
  }
  return indices.sort((a, b) => a - b);
}

/** Indices by the first objective, equals by the second one and so on, then by position. */
export function lexicographicOrder(points: readonly Losses[]): number[] {
  const order = points.map((_, index) => index);
  return order.sort((a, b) => compareLosses(points[a] ?? [], points[b] ?? []) || a - b);
}

export function compareLosses(a: Losses, b: Losses): number {
  for (let objective = 0; objective < a.length; objective++) {
    const difference = compare(a[objective] ?? 0, b[objective] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * A front without a point that dominates `point`, by bisection: of points in lexicographic order
 * only earlier ones can dominate, and whatever front k dominates, front k - 1 dominates too.
 */
function firstFrontFor(point: Losses, fronts: readonly (readonly Losses[])[]): number {
  let [low, high] = [0, fronts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isDominatedBy(fronts[middle] ?? [], point)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a point of a front, which is in lexicographic order, dominates the later `point`. */
function isDominatedBy(front: readonly Losses[], point: Losses): boolean {
  // With two objectives the newest member has the lowest second one.
  const oldest = point.length <= 2 ? Math.max(0, front.length - 1) : 0;
  for (let member = front.length - 1; member >= oldest; member--)
    if (dominates(front[member] ?? [], point)) return true;
  return false;
}

/** Of infinite values too, whose difference would be NaN. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
