/** Rows up to this long are looked at number by number, as a table's; longer ones are pictures. */
const MOST_COLUMNS = 32;

/** What is looked at of a row to tell whether inputs drift. */
export const summaryNames = (size: number): string[] =>
  size <= MOST_COLUMNS
    ? Array.from({ length: size }, (_, column) => `column ${column + 1}`)
    : ["mean", "deviation"];

/** @param row as the model takes it. @returns one number for each of `summaryNames`. */
export function summaryOf(row: Float32Array): number[] {
  if (row.length <= MOST_COLUMNS) return [...row];
  let sum = 0;
  let squares = 0;
  for (const value of row) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / row.length;
  return [mean, Math.sqrt(Math.max(0, squares / row.length - mean * mean))];
}

/** What parts values into tenths, in rising order; fewer where many values are the same. */
export function tenthsOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const edges = Array.from(
    { length: 9 },
    (_, at) => sorted[(((at + 1) * sorted.length) / 10) | 0] ?? 0,
  );
  return [...new Set(edges)];
}

/** The tenth that a value falls into: an edge belongs to the one above it. */
export function tenthOf(value: number, edges: readonly number[]): number {
  let tenth = 0;
  while (tenth < edges.length && value >= (edges[tenth] as number)) tenth++;
  return tenth;
}

export function countTenths(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const tenth = tenthOf(value, edges);
    counts[tenth] = (counts[tenth] ?? 0) + 1;
  }
  return counts;
}
