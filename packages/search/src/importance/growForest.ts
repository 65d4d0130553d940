import { createUniform } from "../uniform.js";
import type { ForestTable } from "./forestTable.js";
import { growTree, type RegressionTree } from "./growTree.js";

export interface ForestOptions {
  readonly n_trees?: number;
  readonly max_depth?: number;
  /** An integer from 0 to 2^32 - 1: the same seed grows the same forest. */
  readonly seed?: number;
}

/**
 * A random forest with scikit-learn's defaults: each tree from as many rows as there are, drawn
 * with replacement, every split over all columns. Optuna's evaluators grow 64 trees of depth 64.
 * @see Breiman, "Random forests", Machine Learning 45 (2001)
 */
export function* growForest(
  table: ForestTable,
  { n_trees = 64, max_depth = 64, seed = 0 }: ForestOptions,
): Generator<RegressionTree> {
  const rows = table.targets.length;
  for (let tree = 0; tree < n_trees; tree++) {
    const nextUnit = createUniform(seed, tree);
    const counts = new Float64Array(rows);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(nextUnit() * rows);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    yield growTree(table, { counts, maxDepth: max_depth, nextUnit });
  }
}
