import type { FanovaOptions } from "./fanova.js";
import { finiteRuns, type ImportanceTask, thinOut } from "./finiteRuns.js";
import { createForestTable } from "./forestTable.js";
import { growForest } from "./growForest.js";
import { type Importance, meanAndSpread, ranked } from "./importance.js";
import { regimesOf, varianceShare } from "./regimes.js";

/**
 * How much a random forest's splits by each dimension lessen the variance of the runs' values, of
 * each tree as a part of what all its splits do: quick, but kind to dimensions of many values.
 * Optuna's MeanDecreaseImpurityImportanceEvaluator and its defaults. Conditional dimensions as in
 * `fanova`. `axis` makes no difference beyond chance: splits go by order.
 * @see Louppe, Wehenkel, Sutera & Geurts, "Understanding variable importances in forests of
 *   randomized trees", NeurIPS 2013
 */
export function meanDecreaseImpurity(
  task: ImportanceTask,
  options: FanovaOptions = {},
): Importance[] {
  const { axis = "raw", max_runs = Number.POSITIVE_INFINITY } = options;
  const all = finiteRuns(task);
  const importances = regimesOf(task.space, all).flatMap((regime) => {
    const runs = thinOut(regime.runs, max_runs);
    const table = createForestTable(task.space, regime.names, runs, axis);
    const share = varianceShare(regime, all);
    const parts = table.dimensions.map((): number[] => []);
    for (const { gains } of growForest(table, options)) {
      const total = gains.reduce((sum, gain) => sum + gain, 0);
      if (total <= 0) continue; // a tree of one leaf
      for (const [position, { column, columns }] of table.dimensions.entries()) {
        const own = gains.subarray(column, column + columns).reduce((sum, gain) => sum + gain, 0);
        parts[position]?.push(own / total);
      }
    }
    return table.dimensions.flatMap(({ name }, position): Importance[] => {
      if (!regime.judged.includes(name) || parts[position]?.length === 0) return [];
      const [mean, spread] = meanAndSpread(parts[position] ?? []);
      return [{ name, importance: share * mean, spread: share * spread, runs: runs.length }];
    });
  });
  return ranked(importances);
}
