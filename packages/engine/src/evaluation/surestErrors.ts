import type { Misclassified } from "@sweepyard/contract";

/** Of all errors; a page of them for whoever looks. */
const OVERALL = 32;
/** Of each actual class taken for each other class. */
const PER_CONFUSION = 3;
/** A report stays below about 50 kB however many classes there are. */
const MOST = 512;

/**
 * The errors that the model was surest of, surest first: the first 32 of all, then the first 3 of
 * each confusion that are not among them.
 */
export function surestErrors(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  confidence: Float64Array,
): Misclassified[] {
  const wrong: number[] = [];
  confidence.forEach((p, row) => {
    if (labels[row] !== predictions[row] && !Number.isNaN(p)) wrong.push(row);
  });
  const sureness = (row: number) => confidence[row] as number;
  wrong.sort((a, b) => sureness(b) - sureness(a) || a - b);

  const taken = new Map<string, number>();
  return wrong
    .filter((row, rank) => {
      const confusion = `${labels[row]} ${predictions[row]}`;
      const count = taken.get(confusion) ?? 0;
      taken.set(confusion, count + 1);
      return rank < OVERALL || count < PER_CONFUSION;
    })
    .slice(0, MOST)
    .map((row) => ({
      row,
      actual: labels[row] as number,
      predicted: predictions[row] as number,
      probability: sureness(row),
    }));
}
