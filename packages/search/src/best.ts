import type { Observation } from "./observation.js";
import type { Goal } from "./sampler.js";

/**
 * The completed run with the best value, or null if there is none. Excluded runs and values that
 * are null, NaN or infinite never win; of equal values the lowest number wins.
 */
export function bestObservation<
  O extends Pick<Observation, "number" | "state" | "value" | "excluded">,
>(history: readonly O[], { direction }: Goal): O | null {
  const sign = direction === "minimize" ? 1 : -1;
  let best: O | null = null;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const run of history) {
    if (run.state !== "completed" || run.excluded || !Number.isFinite(run.value)) continue;
    const loss = sign * Number(run.value);
    if (best !== null && (loss > bestLoss || (loss === bestLoss && run.number >= best.number)))
      continue;
    best = run;
    bestLoss = loss;
  }
  return best;
}
