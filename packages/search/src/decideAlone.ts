import type { PruneDecision, Pruner, PruneSettings, RunCurve } from "./pruner.js";

/** Rules that a run's own curve alone decides, whatever the others did. */
const OWN_RULES: ReadonlySet<string> = new Set(["no_report", "between_rungs", "improving"]);

/**
 * The decision about `curve`, if the other runs have no part in it; null if they must be read.
 * Most reports of a halved run are between two rungs: none of 10,000 others is read for them.
 */
export function decideAlone(
  pruner: Pruner,
  curve: RunCurve,
  settings: PruneSettings,
): PruneDecision | null {
  const decision = pruner.shouldPrune(curve, [], settings);
  if (pruner.needs === "nothing") return decision;
  const before = curve.rungs?.length ?? 0;
  const reachedRung = (decision.rungs?.length ?? before) > before;
  return OWN_RULES.has(decision.reason.rule) && !reachedRung ? decision : null;
}
