import { erfc } from "../erf.js";

/**
 * One-sided Mann-Whitney U test: the p-value of the values of `ours` being no larger than those
 * of `theirs`, so that a small one says that ours are larger. Ties count half. Normal
 * approximation with ties and continuity corrected for, good from about 8 values a side on.
 * NaN counts as the largest value there is.
 * @see Mann & Whitney, "On a test of whether one of two random variables is stochastically larger
 *   than the other", Annals of Mathematical Statistics 18 (1947)
 */
export function mannWhitneyLarger(ours: readonly number[], theirs: readonly number[]): number {
  const [m, n] = [ours.length, theirs.length];
  const total = m + n;
  const pooled = [...ours, ...theirs]
    .map((value, index) => ({
      value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value,
      index,
    }))
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  let ourRanks = 0;
  let tieTerm = 0;
  for (let first = 0; first < total; ) {
    let end = first;
    while (end < total && pooled[end]?.value === pooled[first]?.value) end++;
    const rank = (first + 1 + end) / 2;
    for (let place = first; place < end; place++)
      if ((pooled[place]?.index ?? m) < m) ourRanks += rank;
    tieTerm += (end - first) ** 3 - (end - first);
    first = end;
  }
  const u = ourRanks - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  if (variance === 0) return 0.5;
  return normalTail((u - (m * n) / 2 - 0.5) / Math.sqrt(variance));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Share of a standard normal above z. */
const normalTail = (z: number) => 0.5 * erfc(z / Math.SQRT2);
