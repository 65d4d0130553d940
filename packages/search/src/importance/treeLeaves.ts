import type { ForestDimension, ForestTable } from "./forestTable.js";
import type { RegressionTree } from "./growTree.js";

/** The leaves of a tree as boxes that share the space out among them. */
export interface TreeLeaves {
  readonly count: number;
  /** [leaves] */
  readonly values: Float64Array;
  /** Ends of each column, above the lower up to the upper one. [leaves, columns] */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How much of each dimension the leaf has. [leaves, dimensions] */
  readonly shares: Float64Array;
}

export function leavesOf(tree: RegressionTree, table: ForestTable): TreeLeaves {
  const width = table.columns.length;
  const depth = table.dimensions.length;
  const count = tree.columns.reduce((sum, column) => sum + Number(column < 0), 0);
  const leaves = {
    count,
    values: new Float64Array(count),
    low: new Float64Array(count * width),
    high: new Float64Array(count * width),
    shares: new Float64Array(count * depth),
  };
  const [low, high] = [new Float64Array(width), new Float64Array(width)];
  for (const { column, columns, low: bottom, high: top } of table.dimensions) {
    low.fill(bottom, column, column + columns);
    high.fill(top, column, column + columns);
  }
  let leaf = 0;
  visit(0);
  return leaves;

  function visit(node: number): void {
    const column = tree.columns[node] ?? -1;
    if (column < 0) {
      leaves.values[leaf] = tree.values[node] ?? 0;
      leaves.low.set(low, leaf * width);
      leaves.high.set(high, leaf * width);
      for (const [index, dimension] of table.dimensions.entries())
        leaves.shares[leaf * depth + index] = shareOf(dimension, low, high);
      leaf++;
      return;
    }
    const threshold = tree.thresholds[node] ?? Number.NaN;
    const [bottom, top] = [low[column] ?? 0, high[column] ?? 0];
    high[column] = threshold;
    visit(tree.left[node] ?? 0);
    high[column] = top;
    low[column] = threshold;
    visit(tree.right[node] ?? 0);
    low[column] = bottom;
  }
}

function shareOf(dimension: ForestDimension, low: Float64Array, high: Float64Array): number {
  const { column, columns, kind } = dimension;
  if (kind === "number")
    return ((high[column] ?? 0) - (low[column] ?? 0)) / (dimension.high - dimension.low);
  if (kind === "choices") return choicesInside(dimension, low, high).length / columns;
  let share = 1;
  for (let each = column; each < column + columns; each++)
    share *= (high[each] ?? 0) - (low[each] ?? 0);
  return share;
}

/** Choices whose corner of the 0-1 columns lies in a box; `offset` is where its row begins. */
export function choicesInside(
  { column, columns }: ForestDimension,
  low: Float64Array,
  high: Float64Array,
  offset = 0,
): number[] {
  const first = offset + column;
  const required: number[] = []; // those whose column must be 1
  const possible: number[] = [];
  for (let choice = 0; choice < columns; choice++) {
    if ((low[first + choice] ?? 0) > 0) required.push(choice);
    if ((high[first + choice] ?? 0) >= 1) possible.push(choice);
  }
  const [only, another] = required;
  if (only === undefined) return possible;
  return another === undefined && possible.includes(only) ? [only] : [];
}
