/**
 * Spearman's rank correlation: 1 if y always rises with x, -1 if it always falls. Equal values share
 * the mean of their ranks. Null of fewer than three pairs, or where all x or all y are equal.
 * @see Spearman, "The proof and measurement of association between two things", Am. J. Psychol. 15
 *   (1904)
 */
export function rankCorrelation(xs: readonly number[], ys: readonly number[]): number | null {
  if (xs.length < 3) return null;
  const [x, y] = [centredRanks(xs), centredRanks(ys)];
  const product = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale === 0 ? null : Math.max(-1, Math.min(1, product(x, y) / scale));
}

/** Ranks less their mean. */
function centredRanks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index);
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const index of order.slice(start, end))
      ranks[index] = (start + end - 1) / 2 - (order.length - 1) / 2;
    start = end;
  }
  return ranks;
}
