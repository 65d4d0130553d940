import { finiteRuns, type ImportanceTask, thinOut } from "./finiteRuns.js";
import { createForestTable, type ForestTable, type ImportanceAxis } from "./forestTable.js";
import { type ForestOptions, growForest } from "./growForest.js";
import type { RegressionTree } from "./growTree.js";
import { type Importance, meanAndSpread, ranked } from "./importance.js";
import { type MarginalAxis, treeAxis } from "./marginalAxis.js";
import { marginalOf, marginalVariance, totalVariance } from "./marginals.js";
import { regimesOf, varianceShare } from "./regimes.js";
import { leavesOf } from "./treeLeaves.js";

export interface FanovaOptions extends ForestOptions {
  /** Absent: `raw`, as Optuna's. */
  readonly axis?: ImportanceAxis;
  /** At most so many runs, spread evenly over all; absent: all. */
  readonly max_runs?: number;
}

/** What two dimensions do together beyond what each does alone. */
export interface PairImportance extends Omit<Importance, "name"> {
  readonly names: readonly [string, string];
}

/**
 * Functional ANOVA: the part of a random forest's variance over the space that each dimension
 * explains by itself, averaged over the trees. At most 1 in all; the rest is interaction, see
 * `fanovaPairs`. Optuna's FanovaImportanceEvaluator and its defaults, not normalised. A conditional
 * dimension, which Optuna leaves out, is judged by a forest of the runs that have it, and counts by
 * the part of all variance that lies among those. Dimensions of one value, and those that fewer than
 * 10 runs have, are left out. Empty if all values are the same.
 * @see Hutter, Hoos & Leyton-Brown, "An efficient approach for assessing hyperparameter
 *   importance", ICML 2014
 */
export function fanova(task: ImportanceTask, options: FanovaOptions = {}): Importance[] {
  const { axis = "raw", max_runs = Number.POSITIVE_INFINITY } = options;
  const all = finiteRuns(task);
  const importances = regimesOf(task.space, all).flatMap((regime) => {
    const runs = thinOut(regime.runs, max_runs);
    const table = createForestTable(task.space, regime.names, runs, axis);
    const judged = positionsOf(table, regime.judged);
    const share = varianceShare(regime, all);
    const fractions = judged.map((): number[] => []);
    for (const { fractionOf, axisOf } of varyingTrees(table, options))
      for (const [index, position] of judged.entries())
        fractions[index]?.push(fractionOf(axisOf(position)));
    return judged.flatMap((position, index): Importance[] => {
      const name = table.dimensions[position]?.name;
      const [mean, spread] = meanAndSpread(fractions[index] ?? []);
      if (name === undefined || fractions[index]?.length === 0) return [];
      return [{ name, importance: share * mean, spread: share * spread, runs: runs.length }];
    });
  });
  return ranked(importances);
}

/**
 * The part of the forest's variance that pairs of dimensions explain beyond what each does alone,
 * in the unit of `fanova`; the pairs with most first. Pairs of which a run lacks one are left out.
 */
export function fanovaPairs(task: ImportanceTask, options: FanovaOptions = {}): PairImportance[] {
  const { axis = "raw", max_runs = Number.POSITIVE_INFINITY } = options;
  const all = finiteRuns(task);
  const regime = regimesOf(task.space, all).find(({ runs }) => runs.length === all.length);
  if (regime === undefined) return [];
  const runs = thinOut(all, max_runs);
  const table = createForestTable(task.space, regime.judged, runs, axis);
  const positions = table.dimensions.map((_, position) => position);
  const pairs = positions.flatMap((a) => positions.slice(a + 1).map((b) => ({ a, b })));
  const fractions = pairs.map((): number[] => []);
  for (const { fractionOf, axisOf } of varyingTrees(table, options)) {
    const alone = positions.map((position) => fractionOf(axisOf(position)));
    for (const [index, { a, b }] of pairs.entries()) {
      const together = fractionOf(axisOf(a), axisOf(b));
      fractions[index]?.push(Math.max(0, together - (alone[a] ?? 0) - (alone[b] ?? 0)));
    }
  }
  return pairs
    .map(({ a, b }, index): PairImportance => {
      const [importance, spread] = meanAndSpread(fractions[index] ?? []);
      const nameOf = (position: number) => table.dimensions[position]?.name ?? "";
      return { names: [nameOf(a), nameOf(b)], importance, spread, runs: runs.length };
    })
    .sort((a, b) => b.importance - a.importance);
}

const positionsOf = ({ dimensions }: ForestTable, names: readonly string[]): number[] =>
  dimensions.flatMap(({ name }, position) => (names.includes(name) ? [position] : []));

interface VaryingTree {
  /** The part of the tree's variance that lies along one axis, or in the plane of two. */
  fractionOf(axis: MarginalAxis | null, other?: MarginalAxis | null): number;
  axisOf(position: number): MarginalAxis | null;
}

/** The forest's trees that are not the same everywhere: the others have no variance to divide. */
function* varyingTrees(table: ForestTable, options: ForestOptions): Generator<VaryingTree> {
  if (table.dimensions.length === 0) return;
  for (const tree of growForest(table, options)) {
    const leaves = leavesOf(tree, table);
    const total = totalVariance(leaves);
    if (total === 0) continue;
    const axisOf = axesOf(table, tree);
    yield {
      axisOf,
      fractionOf(axis, other) {
        if (axis === null || other === null) return 0;
        return marginalVariance(marginalOf(leaves, axis, other), axis, other) / total;
      },
    };
  }
}

/** Each axis is made once for a tree. */
function axesOf({ dimensions }: ForestTable, tree: RegressionTree) {
  const made = new Map<number, MarginalAxis | null>();
  return (position: number): MarginalAxis | null => {
    const known = made.get(position);
    if (known !== undefined) return known;
    const axis = treeAxis(dimensions, position, tree);
    made.set(position, axis);
    return axis;
  };
}
