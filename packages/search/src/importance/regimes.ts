import type { Space } from "@sweepyard/contract";
import { levelCount } from "../levels.js";
import type { FiniteRun } from "./finiteRuns.js";

/** Runs that have a dimension, and all dimensions that each of them has. */
export interface Regime {
  readonly runs: readonly FiniteRun[];
  readonly names: readonly string[];
  /** Those of `names` that are judged by these runs. */
  readonly judged: readonly string[];
}

/** Fewer runs than this say nothing about a dimension that only they have. */
const FEWEST_RUNS = 10;

/**
 * The runs to judge each dimension by: all for one that every run has, else those that have it. A
 * dimension of one value varies nowhere and is in no regime, nor is one that few runs have.
 */
export function regimesOf(space: Space, runs: readonly FiniteRun[]): Regime[] {
  const names = Object.keys(space).filter(
    (name) => space[name] !== undefined && levelCount(space[name]) > 1,
  );
  const byRuns = new Map<string, { runs: FiniteRun[]; judged: string[] }>();
  for (const name of names) {
    const having = runs.filter(({ params }) => Object.hasOwn(params, name));
    if (having.length < Math.min(FEWEST_RUNS, runs.length)) continue;
    const key = having.map(({ number }) => number).join();
    const regime = byRuns.get(key) ?? { runs: having, judged: [] };
    regime.judged.push(name);
    byRuns.set(key, regime);
  }
  return [...byRuns.values()].map(({ runs: having, judged }) => ({
    runs: having,
    judged,
    names: names.filter((name) => having.every(({ params }) => Object.hasOwn(params, name))),
  }));
}

/** The part of all variance that lies among the runs of a regime: 1 where that is all runs. */
export function varianceShare(regime: Regime, runs: readonly FiniteRun[]): number {
  if (regime.runs.length === runs.length) return 1;
  const scale = runs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0) || 1;
  const all = sumOfSquares(runs, scale);
  return all === 0 ? 0 : sumOfSquares(regime.runs, scale) / all;
}

/** Of the distances from their mean, in units of `scale`. */
function sumOfSquares(runs: readonly FiniteRun[], scale: number): number {
  const mean = runs.reduce((sum, { value }) => sum + value / scale, 0) / Math.max(1, runs.length);
  return runs.reduce((sum, { value }) => sum + (value / scale - mean) ** 2, 0);
}
