import type { MarginalAxis } from "./marginalAxis.js";
import type { TreeLeaves } from "./treeLeaves.js";

/**
 * A tree's mean over all dimensions but one or two, in each cell of those: exactly, as every leaf
 * is a box. [cells of the first axis, cells of the second]
 * @see Hutter, Hoos & Leyton-Brown, "An efficient approach for assessing hyperparameter
 *   importance", ICML 2014, algorithm 2
 */
export function marginalOf(
  leaves: TreeLeaves,
  axis: MarginalAxis,
  other?: MarginalAxis,
): Float64Array {
  const dimensions = leaves.shares.length / leaves.count;
  // Cells in a row are summed up at the end, so each needs a place after the last.
  const width = other === undefined ? 1 : other.cells + Number(other.inRow);
  const height = axis.cells + Number(axis.inRow);
  const sums = new Float64Array(width * height);
  const alone = [0];
  for (let leaf = 0; leaf < leaves.count; leaf++) {
    let share = leaves.values[leaf] ?? 0;
    for (let dimension = 0; dimension < dimensions; dimension++)
      if (dimension !== axis.dimension && dimension !== other?.dimension)
        share *= leaves.shares[leaf * dimensions + dimension] ?? 0;
    const columns = other?.cellsOf(leaves, leaf) ?? alone;
    for (const [index, row] of axis.cellsOf(leaves, leaf).entries())
      for (const [position, column] of columns.entries()) {
        const isEnd = axis.inRow && index === 1;
        const isOtherEnd = other?.inRow === true && position === 1;
        const at = row * width + column;
        sums[at] = (sums[at] ?? 0) + (isEnd === isOtherEnd ? share : -share);
      }
  }
  if (axis.inRow)
    for (let at = width; at < sums.length; at++)
      sums[at] = (sums[at] ?? 0) + (sums[at - width] ?? 0);
  if (other?.inRow)
    for (let at = 0; at < sums.length; at++)
      if (at % width > 0) sums[at] = (sums[at] ?? 0) + (sums[at - 1] ?? 0);
  const columns = other?.cells ?? 1;
  const marginal = new Float64Array(axis.cells * columns);
  for (let row = 0; row < axis.cells; row++)
    marginal.set(sums.subarray(row * width, row * width + columns), row * columns);
  return marginal;
}

/** How a marginal varies over its cells, each counted by its part of the space. */
export function marginalVariance(
  marginal: Float64Array,
  axis: MarginalAxis,
  other?: MarginalAxis,
): number {
  const columns = other?.cells ?? 1;
  let [mean, square] = [0, 0];
  for (let row = 0; row < axis.cells; row++)
    for (let column = 0; column < columns; column++) {
      const weight = (axis.weights[row] ?? 0) * (other?.weights[column] ?? 1);
      const value = marginal[row * columns + column] ?? 0;
      mean += weight * value;
      square += weight * value * value;
    }
  return Math.max(0, square - mean * mean);
}

/** How a tree varies over the whole space. */
export function totalVariance(leaves: TreeLeaves): number {
  const dimensions = leaves.shares.length / leaves.count;
  let [mean, square] = [0, 0];
  for (let leaf = 0; leaf < leaves.count; leaf++) {
    let share = 1;
    for (let dimension = 0; dimension < dimensions; dimension++)
      share *= leaves.shares[leaf * dimensions + dimension] ?? 0;
    const value = leaves.values[leaf] ?? 0;
    mean += share * value;
    square += share * value * value;
  }
  return Math.max(0, square - mean * mean);
}
