import { sum } from "./confusion.js";

/**
 * Area under the ROC curve: how likely a positive row scores above a negative one, equal scores
 * counting half. Sorted as typed arrays, 10,000 rows take about a millisecond.
 *
 * @returns null where a side has no rows or a score is NaN.
 * @see Hanley & McNeil, The Meaning and Use of the Area under a ROC Curve (1982)
 */
export function rocAuc(
  rows: number,
  scoreOf: (row: number) => number,
  isPositive: (row: number) => boolean,
): number | null {
  const positive = new Float32Array(rows);
  const negative = new Float32Array(rows);
  let positives = 0;
  let negatives = 0;
  for (let row = 0; row < rows; row++) {
    const score = scoreOf(row);
    if (Number.isNaN(score)) return null;
    if (isPositive(row)) positive[positives++] = score;
    else negative[negatives++] = score;
  }
  if (positives === 0 || negatives === 0) return null;

  const above = positive.subarray(0, positives).sort();
  const below = negative.subarray(0, negatives).sort();
  let halves = 0; // 2 for each negative below a positive, 1 for each of the same score: whole numbers
  let lower = 0;
  let notHigher = 0;
  for (const score of above) {
    while (lower < negatives && (below[lower] as number) < score) lower++;
    while (notHigher < negatives && (below[notHigher] as number) <= score) notHigher++;
    halves += lower + notHigher;
  }
  return halves / (2 * positives * negatives);
}

/** Mean of those that exist. */
export function meanOfDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : sum(defined) / defined.length;
}
