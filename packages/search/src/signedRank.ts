import { erfc } from "./erf.js";

/** Differences up to which the distribution of the rank sum is counted out, without ties. */
const EXACT_MAX = 50;
/** The same with ties or zeros, where all signs are tried: 2^13 of them. */
const ENUMERATED_MAX = 13;

/**
 * p-value of Wilcoxon's signed-rank test, one-sided: how likely differences as large or larger
 * are, if they scatter evenly around zero. Zeros are ranked and split between both signs. Exact
 * up to 50 differences without ties and zeros and up to 13 with them; else normal with the
 * correction for ties and none for continuity. NaN without a difference or with one that is NaN.
 * SciPy's `wilcoxon(…, zero_method="zsplit", alternative="greater")`.
 * @see Wilcoxon, Individual Comparisons by Ranking Methods (Biometrics Bulletin 1, 1945)
 */
export function signedRankPValue(differences: readonly number[]): number {
  const count = differences.length;
  if (count === 0 || differences.some(Number.isNaN)) return Number.NaN;
  const { ranks, tieSizes } = rankByMagnitude(differences);
  const rankSum = positiveRankSum(differences, ranks);
  const tied = tieSizes.some((size) => size > 1) || differences.includes(0);
  if (!tied && count <= EXACT_MAX) return countedTail(count, rankSum);
  if (tied && count <= ENUMERATED_MAX) return enumeratedTail(differences, ranks, rankSum);
  return normalTail(count, tieSizes, rankSum);
}

/** Ranks from 1 by absolute value, equal ones sharing the mean of theirs. */
function rankByMagnitude(differences: readonly number[]) {
  const order = differences.map((_, index) => index);
  const magnitude = (index: number) => Math.abs(differences[index] ?? 0);
  order.sort((a, b) => magnitude(a) - magnitude(b));
  const ranks = new Array<number>(differences.length).fill(0);
  const tieSizes: number[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && magnitude(order[end] ?? 0) === magnitude(order[start] ?? 0)) end++;
    for (const index of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    tieSizes.push(end - start);
    start = end;
  }
  return { ranks, tieSizes };
}

/** Ranks of positive differences, and half of those of zeros. */
function positiveRankSum(differences: readonly number[], ranks: readonly number[]): number {
  let sum = 0;
  differences.forEach((difference, index) => {
    const rank = ranks[index] ?? 0;
    if (difference > 0) sum += rank;
    else if (difference === 0) sum += rank / 2;
  });
  return sum;
}

/** P(rank sum >= observed) over all subsets of the ranks 1 … count. */
function countedTail(count: number, observed: number): number {
  const highest = (count * (count + 1)) / 2;
  const probability = new Float64Array(highest + 1);
  probability[0] = 1;
  for (let rank = 1; rank <= count; rank++)
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum--)
      probability[sum] = ((probability[sum] ?? 0) + (probability[sum - rank] ?? 0)) / 2;
  return probability.subarray(observed).reduce((total, part) => total + part, 0);
}

/** P(rank sum >= observed) over all signs of the differences; zeros keep theirs. */
function enumeratedTail(
  differences: readonly number[],
  ranks: readonly number[],
  observed: number,
): number {
  const magnitudes = differences.map(Math.abs);
  const all = 2 ** magnitudes.length;
  let reached = 0;
  for (let signs = 0; signs < all; signs++) {
    const flipped = magnitudes.map((value, index) => ((signs >> index) & 1 ? -value : value));
    if (positiveRankSum(flipped, ranks) >= observed) reached++;
  }
  return reached / all;
}

function normalTail(count: number, tieSizes: readonly number[], observed: number): number {
  const mean = (count * (count + 1)) / 4;
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = (count * (count + 1) * (2 * count + 1) - ties / 2) / 24;
  const z = (observed - mean) / Math.sqrt(variance);
  return 0.5 * erfc(z / Math.SQRT2);
}
