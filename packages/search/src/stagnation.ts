import type { StagnationTerminatorConfig } from "@sweepyard/contract";
import type { Observation } from "./observation.js";
import type { Goal } from "./sampler.js";

/**
 * Whether more runs promise no gain, and why in words; null: go on. Counts the runs that have
 * completed, in the order of their numbers: with the last `patience` of them none has improved
 * the best value before by more than `min_improvement`. Runs that are excluded or have no finite
 * value teach nothing and count as nothing.
 * @see Optuna's BestValueStagnationEvaluator, of values instead of a Gaussian process
 *   (regretTerminator.ts).
 */
export function stagnationReason(
  config: StagnationTerminatorConfig,
  history: readonly Observation[],
  { direction }: Goal,
): string | null {
  const sign = direction === "minimize" ? 1 : -1;
  const losses = history
    .filter(({ state, value, excluded }) => state === "completed" && !excluded && isUsable(value))
    .sort((a, b) => a.number - b.number)
    .map(({ value }) => sign * Number(value));
  if (losses.length < Math.max(config.min_runs, config.patience + 1)) return null;
  // Gains too small to count add up: they are measured against the last one that did.
  let reference = Number.POSITIVE_INFINITY;
  let since = 0;
  for (const loss of losses) {
    const isGain = loss < reference - config.min_improvement;
    since = isGain ? 0 : since + 1;
    if (isGain) reference = loss;
  }
  if (since < config.patience) return null;

  return `the last ${since} completed runs have not improved the best value`;
}

const isUsable = (value: number | null): boolean => value !== null && Number.isFinite(value);
