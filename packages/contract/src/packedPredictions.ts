import type { DatasetTask } from "./datasets.js";
import type { Estimate, Prediction } from "./views.js";

/** Of an item without predictions: it could not be read. */
const NONE = 0xffff;
const PROBABILITY_BYTES = 4;
const LABEL_BYTES = 2;

/** What a model's outputs are called, and what they are. */
export interface OutputNames {
  /** Of the classes, labels or targets. */
  readonly classNames: readonly string[];
  readonly task: DatasetTask;
}

/**
 * Each item's outputs in few bytes, to be stored: all numbers [items, k] as float32, then all labels
 * [items, k] as uint16, little-endian. Of a classification the `topK` most probable, of equal ones
 * the lower label first, NaN behind all else; of labels and targets every one, in its order.
 * @param outputs [items, classes], up to 65,535 classes
 * @param missing items, from 0, whose outputs mean nothing
 */
export function packPredictions(
  outputs: Float32Array,
  { classNames, task }: OutputNames,
  topK: number,
  missing: ReadonlySet<number> = new Set(),
): Uint8Array<ArrayBuffer> {
  const classes = classNames.length;
  const isRanked = task === "classification";
  const k = isRanked ? Math.min(topK, classes) : classes;
  const items = outputs.length / classes;
  const bytes = new Uint8Array(items * k * (PROBABILITY_BYTES + LABEL_BYTES));
  const view = new DataView(bytes.buffer);
  const labelsAt = items * k * PROBABILITY_BYTES;
  const best = Int32Array.from({ length: k }, (_, label) => label);
  for (let item = 0; item < items; item++) {
    if (isRanked) largest(outputs, item * classes, classes, best);
    for (let rank = 0; rank < k; rank++) {
      const label = best[rank] as number;
      const at = item * k + rank;
      view.setFloat32(at * PROBABILITY_BYTES, outputs[item * classes + label] as number, true);
      view.setUint16(labelsAt + at * LABEL_BYTES, missing.has(item) ? NONE : label, true);
    }
  }
  return bytes;
}

/** Fills `best` with the labels of the largest outputs, by insertion: k is small. */
function largest(outputs: Float32Array, from: number, classes: number, best: Int32Array): void {
  let kept = 0;
  for (let label = 0; label < classes; label++) {
    const value = outputs[from + label] as number;
    let rank = kept;
    while (rank > 0 && isLess(outputs[from + (best[rank - 1] as number)] as number, value)) rank--;
    if (rank >= best.length) continue;
    if (kept < best.length) kept++;
    best.copyWithin(rank + 1, rank, kept - 1);
    best[rank] = label;
  }
}

const isLess = (a: number, b: number): boolean => a < b || (Number.isNaN(a) && !Number.isNaN(b));

/** What `packPredictions` packed, of `items` items; null where an item has none. */
export function unpackPredictions(
  bytes: Uint8Array,
  items: number,
  { classNames, task }: OutputNames,
): (Prediction[] | Estimate[] | null)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const k = bytes.byteLength / (items * (PROBABILITY_BYTES + LABEL_BYTES));
  const labelsAt = items * k * PROBABILITY_BYTES;
  return Array.from({ length: items }, (_, item) => {
    const read = <T>(say: (label: number, name: string, output: number) => T): T[] =>
      Array.from({ length: k }, (_, rank) => {
        const label = view.getUint16(labelsAt + (item * k + rank) * LABEL_BYTES, true);
        const output = view.getFloat32((item * k + rank) * PROBABILITY_BYTES, true);
        return say(label, classNames[label] ?? "", output);
      });
    if (view.getUint16(labelsAt + item * k * LABEL_BYTES, true) === NONE) return null;
    return task === "regression"
      ? read((label, name, value) => ({ label, name, value }))
      : read((label, name, probability) => ({ label, name, probability }));
  });
}
