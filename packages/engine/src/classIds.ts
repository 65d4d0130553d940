import type { Dataset } from "./dataset.js";

/**
 * The class of each training row, or undefined where the rows have none (multi-label, regression).
 * Of one-hot and soft targets it is the first highest.
 */
export function classIds({ task, classNames, train }: Dataset): Int32Array | undefined {
  if (task !== "classification") return undefined;
  const { count, y } = train;
  if (!(y instanceof Float32Array)) return Int32Array.from(y);
  const classes = classNames.length;
  return Int32Array.from({ length: count }, (_, row) => {
    const targets = y.subarray(row * classes, (row + 1) * classes);
    return targets.reduce((best, value, at) => (value > (targets[best] as number) ? at : best), 0);
  });
}
