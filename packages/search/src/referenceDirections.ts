import type { Losses } from "./dominance.js";

/**
 * Directions spread evenly over the positive orthant: all ways to share `divisions` units among
 * the objectives, each vector of length 1.
 * @see Das & Dennis, "Normal-boundary intersection", SIAM J. Optim. 8 (1998)
 */
export function referenceDirections(objectives: number, divisions: number): Float64Array[] {
  const shares = function* (left: number, remaining: number): Generator<number[]> {
    if (left === 1) yield [remaining];
    else
      for (let share = remaining; share >= 0; share--)
        for (const rest of shares(left - 1, remaining - share)) yield [share, ...rest];
  };
  return Array.from(shares(objectives, divisions), (vector) => {
    const length = Math.hypot(...vector);
    return Float64Array.from(vector, (share) => share / length);
  });
}

/** The direction whose ray from the origin passes nearest to `point`, and how near. */
export function associate(point: Float64Array, directions: readonly Float64Array[]) {
  const square = point.reduce((sum, coordinate) => sum + coordinate * coordinate, 0);
  let nearest = { direction: 0, distance: Number.POSITIVE_INFINITY };
  for (const [direction, ray] of directions.entries()) {
    const along = ray.reduce((sum, part, objective) => sum + part * (point[objective] ?? 0), 0);
    const distance = Math.sqrt(Math.max(0, square - along * along));
    if (distance < nearest.distance) nearest = { direction, distance };
  }
  return nearest;
}

/**
 * Objectives measured from the best value of each, in units of where the plane through the
 * extreme points cuts its axis; of the worst value, where there is no such plane. Infinite
 * values stand three ranges beyond the finite ones.
 */
export function normaliseObjectives(points: readonly Losses[]): Float64Array[] {
  const objectives = points[0]?.length ?? 0;
  const columns = Array.from({ length: objectives }, (_, objective) =>
    fromBest(points.map((point) => point[objective] ?? 0)),
  );
  const shifted = points.map((_, row) => Float64Array.from(columns, (column) => column[row] ?? 0));
  const extremes = columns.map((_, axis) => extremePoint(shifted, axis));
  const inverses = solve(extremes);
  const usable = inverses?.every((inverse) => Number.isFinite(inverse) && inverse > 0);
  const scales = columns.map((column, objective) => {
    const worst = column.reduce((highest, value) => Math.max(highest, value), 0);
    return (usable ? inverses?.[objective] : undefined) ?? (worst > 0 ? 1 / worst : 1);
  });
  return shifted.map((point) => point.map((value, objective) => value * (scales[objective] ?? 1)));
}

function fromBest(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((lowest, value) => Math.min(lowest, value), finite[0] ?? 0);
  const high = finite.reduce((highest, value) => Math.max(highest, value), finite[0] ?? 0);
  const margin = 3 * (high - low);
  const clipped = values.map((value) => Math.min(high + margin, Math.max(low - margin, value)));
  const best = clipped.reduce((lowest, value) => Math.min(lowest, value), high);
  return clipped.map((value) => value - best);
}

/** The point that is best when every objective but `axis` weighs a million times as much. */
function extremePoint(points: readonly Float64Array[], axis: number): Float64Array {
  let best = points[0] ?? new Float64Array();
  let bestScore = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const score = point.reduce(
      (highest, value, objective) => Math.max(highest, objective === axis ? value : 1e6 * value),
      0,
    );
    if (score < bestScore) [best, bestScore] = [point, score];
  }
  return best;
}

/** x with rows · x = 1, by elimination with row exchanges; null if the rows are dependent. */
function solve(rows: readonly Float64Array[]): number[] | null {
  const size = rows.length;
  const system = rows.map((row) => [...row, 1]);
  for (let column = 0; column < size; column++) {
    const pivots = system.slice(column).toSorted((a, b) => magnitude(b) - magnitude(a));
    function magnitude(row: readonly number[]) {
      return Math.abs(row[column] ?? 0);
    }
    system.splice(column, size, ...pivots);
    const pivot = system[column] ?? [];
    if (magnitude(pivot) < 1e-12) return null;
    for (const [index, row] of system.entries()) {
      if (index === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let at = column; at <= size; at++) row[at] = (row[at] ?? 0) - factor * (pivot[at] ?? 0);
    }
  }
  return system.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1));
}
