/** How much one dimension, or a pair, matters. Comparable within one answer only. */
export interface Importance {
  readonly name: string;
  /** At least 0. */
  readonly importance: number;
  /** Its standard deviation over the trees, or over drawings of the runs; null: not known. */
  readonly spread: number | null;
  /** Runs that it was learnt from: those that have the dimension. */
  readonly runs: number;
}

/** The most important first; of equal ones the first by name. */
export const ranked = <I extends Pick<Importance, "name" | "importance">>(
  importances: readonly I[],
): I[] => importances.toSorted((a, b) => b.importance - a.importance || (a.name < b.name ? -1 : 1));

/** Scaled to add up to 1; all alike where none matters. */
export function normalised<I extends Pick<Importance, "importance" | "spread">>(
  importances: readonly I[],
): I[] {
  const sum = importances.reduce((total, { importance }) => total + importance, 0);
  if (sum === 0)
    return importances.map((each) => ({ ...each, importance: 1 / importances.length }));
  return importances.map((each) => ({
    ...each,
    importance: each.importance / sum,
    spread: each.spread === null ? null : each.spread / sum,
  }));
}

/** Mean and population standard deviation; 0 and 0 of nothing. */
export function meanAndSpread(values: readonly number[]): [number, number] {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return [mean, Math.sqrt(variance)];
}
