import type { ForestDimension } from "./forestTable.js";
import type { RegressionTree } from "./growTree.js";
import { choicesInside, type TreeLeaves } from "./treeLeaves.js";

/** The cells of one dimension that a tree's mean is wanted for. */
export interface MarginalAxis {
  /** Position among the table's dimensions. */
  readonly dimension: number;
  readonly cells: number;
  /** Which part of the dimension each cell is; they add up to 1. */
  readonly weights: Float64Array;
  /**
   * Whether the cells are in a row: a leaf then has those from one to another, of which it
   * names the first, and the one after the last.
   */
  readonly inRow: boolean;
  /** The cells that leaf number `leaf` has; `inRow`: the first, and the one after the last. */
  cellsOf(leaves: TreeLeaves, leaf: number): readonly number[];
}

/** The cells between a tree's own thresholds, within which its mean does not change. */
export function treeAxis(
  dimensions: readonly ForestDimension[],
  position: number,
  tree: RegressionTree,
): MarginalAxis | null {
  const dimension = dimensions[position];
  if (dimension === undefined) return null;
  if (dimension.kind === "choices") return choiceAxis(dimension, position);
  if (dimension.kind === "cube") return cubeAxis(dimension, position);
  const { column, low, high } = dimension;
  const edges = new Set([low, high]);
  for (const [node, each] of tree.columns.entries())
    if (each === column) edges.add(tree.thresholds[node] ?? low);
  const sorted = Float64Array.from(edges).sort();
  const places = new Map([...sorted].map((edge, place) => [edge, place]));
  const cells = sorted.length - 1;
  return {
    dimension: position,
    cells,
    weights: Float64Array.from(
      { length: cells },
      (_, cell) => ((sorted[cell + 1] ?? 0) - (sorted[cell] ?? 0)) / (high - low),
    ),
    inRow: true,
    cellsOf({ low, high, count }, leaf) {
      const at = leaf * (low.length / count) + column;
      return [places.get(low[at] ?? 0) ?? 0, places.get(high[at] ?? 0) ?? cells];
    },
  };
}

/** Chosen points of a dimension; of a list of choices all of them. */
export function pointAxis(
  dimensions: readonly ForestDimension[],
  position: number,
  points: Float64Array,
): MarginalAxis | null {
  const dimension = dimensions[position];
  if (dimension === undefined) return null;
  if (dimension.kind !== "number") return choiceAxis(dimension, position);
  const { column, low: bottom } = dimension;
  const firstAbove = (value: number) => {
    let [from, to] = [0, points.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((points[middle] ?? 0) > value) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  return {
    dimension: position,
    cells: points.length,
    weights: new Float64Array(points.length).fill(1 / points.length),
    inRow: true,
    cellsOf({ low, high, count }, leaf) {
      const at = leaf * (low.length / count) + column;
      const start = low[at] ?? 0;
      return [start <= bottom ? 0 : firstAbove(start), firstAbove(high[at] ?? 0)];
    },
  };
}

function choiceAxis(dimension: ForestDimension, position: number): MarginalAxis {
  const cells = dimension.columns;
  return {
    dimension: position,
    cells,
    weights: new Float64Array(cells).fill(1 / cells),
    inRow: false,
    cellsOf: ({ low, high, count }, leaf) =>
      choicesInside(dimension, low, high, leaf * (low.length / count)),
  };
}

/** Every corner of the 0-1 columns; corner number c has 1 where c has a bit. */
function cubeAxis({ column, columns }: ForestDimension, position: number): MarginalAxis {
  const cells = 2 ** columns;
  return {
    dimension: position,
    cells,
    weights: new Float64Array(cells).fill(1 / cells),
    inRow: false,
    cellsOf({ low, high, count }, leaf) {
      const first = leaf * (low.length / count) + column;
      let corners = [0];
      for (let bit = 0; bit < columns; bit++) {
        const isOne = (low[first + bit] ?? 0) > 0;
        const isZero = (high[first + bit] ?? 0) < 1;
        if (isZero) continue;
        const ones = corners.map((corner) => corner + 2 ** bit);
        corners = isOne ? ones : [...corners, ...ones];
      }
      return corners;
    },
  };
}
