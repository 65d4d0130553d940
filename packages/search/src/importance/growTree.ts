import type { ForestTable } from "./forestTable.js";

/** A regression tree: node 0 is the root; a row goes left if its value is at most the threshold. */
export interface RegressionTree {
  /** Column that each node splits by; -1: a leaf. [nodes] */
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Mean target of the node's rows. */
  readonly values: readonly number[];
  /** How much each column's splits lessen the variance, by the share of rows they are for. */
  readonly gains: Float64Array;
}

interface GrowOptions {
  /** How often each row counts; 0: not at all. */
  readonly counts: Float64Array;
  readonly maxDepth: number;
  /** Breaks ties between columns, as they are tried in random order. */
  readonly nextUnit: () => number;
}

interface Node {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/**
 * Splits rows where the sum of squares falls most, down to rows that are alike. Each column's rows
 * are kept in its order, so that no node sorts: O(rows × columns) for each level of the tree.
 * @see Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), chapter 8
 */
export function growTree(
  { columns, orders, targets }: ForestTable,
  { counts, maxDepth, nextUnit }: GrowOptions,
): RegressionTree {
  const sorted = orders.map((order) => order.filter((row) => (counts[row] ?? 0) > 0));
  const rows = sorted[0]?.length ?? 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const goesLeft = new Uint8Array(targets.length);
  const buffer = new Int32Array(rows);
  const tries = Int32Array.from(columns.keys());
  const tree = {
    columns: [] as number[],
    thresholds: [] as number[],
    left: [] as number[],
    right: [] as number[],
    values: [] as number[],
    gains: new Float64Array(columns.length),
  };
  grow({ start: 0, end: rows, depth: 0 });
  return tree;

  function grow({ start, end, depth }: Node): number {
    const { sum, weight, isPure } = summarise(start, end);
    const node = tree.values.push(weight > 0 ? sum / weight : 0) - 1;
    const split = isPure || depth >= maxDepth ? null : bestSplit({ start, end, sum, weight });
    tree.columns.push(split === null ? -1 : split.column);
    tree.thresholds.push(split === null ? Number.NaN : split.threshold);
    tree.left.push(-1);
    tree.right.push(-1);
    if (split === null) return node;
    const { column } = split;
    tree.gains[column] = (tree.gains[column] ?? 0) + (split.score - (sum * sum) / weight) / total;
    const middle = partition(start, end, split);
    tree.left[node] = grow({ start, end: middle, depth: depth + 1 });
    tree.right[node] = grow({ start: middle, end, depth: depth + 1 });
    return node;
  }

  function summarise(start: number, end: number) {
    const order = sorted[0] ?? buffer;
    const first = targets[order[start] ?? 0] ?? 0;
    let [sum, weight, isPure] = [0, 0, true];
    for (let place = start; place < end; place++) {
      const row = order[place] ?? 0;
      const count = counts[row] ?? 0;
      const target = targets[row] ?? 0;
      if (target !== first) isPure = false;
      sum += count * target;
      weight += count;
    }
    return { sum, weight, isPure };
  }

  function bestSplit({
    start,
    end,
    sum,
    weight,
  }: {
    start: number;
    end: number;
    sum: number;
    weight: number;
  }) {
    let best: { column: number; threshold: number; score: number } | null = null;
    for (let left = tries.length; left > 0; left--) {
      const pick = Math.floor(nextUnit() * left);
      const column = tries[pick] ?? 0;
      tries[pick] = tries[left - 1] ?? 0;
      tries[left - 1] = column;
      const values = columns[column] ?? buffer;
      const order = sorted[column] ?? buffer;
      let [sumLeft, weightLeft] = [0, 0];
      let value = values[order[start] ?? 0] ?? 0;
      if (value === values[order[end - 1] ?? 0]) continue;
      for (let place = start; place < end - 1; place++) {
        const row = order[place] ?? 0;
        const count = counts[row] ?? 0;
        sumLeft += count * (targets[row] ?? 0);
        weightLeft += count;
        const next = values[order[place + 1] ?? 0] ?? 0;
        if (next === value) continue;
        const sumRight = sum - sumLeft;
        const score =
          (sumLeft * sumLeft) / weightLeft + (sumRight * sumRight) / (weight - weightLeft);
        if (best === null || score > best.score) {
          const middle = value / 2 + next / 2;
          best = { column, threshold: middle < next ? middle : value, score };
        }
        value = next;
      }
    }
    return best;
  }

  /** Brings the rows that go left to the front in every column's order; returns where they end. */
  function partition(
    start: number,
    end: number,
    { column, threshold }: { column: number; threshold: number },
  ): number {
    const values = columns[column] ?? new Float64Array();
    let middle = start;
    for (const row of (sorted[column] ?? buffer).subarray(start, end)) {
      const left = (values[row] ?? 0) <= threshold;
      goesLeft[row] = Number(left);
      if (left) middle++;
    }
    for (const order of sorted) {
      let [left, right] = [start, 0];
      for (let place = start; place < end; place++) {
        const row = order[place] ?? 0;
        if (goesLeft[row] === 1) order[left++] = row;
        else buffer[right++] = row;
      }
      order.set(buffer.subarray(0, right), left);
    }
    return middle;
  }
}
