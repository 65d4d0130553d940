import type { GoOnAnswer, Id } from "@sweepyard/contract";
import { finishRun, type HeldAnswer, judgeReport, type OwnedRun } from "@sweepyard/db";
import { judgeRun } from "@sweepyard/search";
import type { ApiDeps } from "../apiDeps.js";
import { deliverSweep } from "../deliver.js";

/**
 * Tells a trainer outside Sweepyard whether to go on. A run that is to stop (a cancel, a pause, the
 * pruner's word) ends here and now: whatever its trainer does next, no slot of ours is lost by it.
 * @param hasReported whether the pruner has something new to judge by
 */
export async function obeyRun(
  deps: ApiDeps,
  projectId: Id,
  run: OwnedRun,
  held: HeldAnswer,
  hasReported: boolean,
): Promise<GoOnAnswer> {
  if (!held.owned) {
    const isOther = held.state === "running";
    const reason = isOther ? "another attempt has taken over" : (held.stateReason ?? held.state);
    return { goOn: false, state: held.state, reason };
  }
  if (held.command !== null)
    return end({ kind: held.command === "cancel" ? "cancelled" : "paused" }, held.command);
  const pruned = hasReported ? await pruneReason(deps, run, held) : null;
  if (pruned === null) return { goOn: true, state: "running", reason: null };
  return end({ kind: "pruned", reason: pruned }, pruned);

  async function end(
    outcome: { kind: "cancelled" } | { kind: "paused" } | { kind: "pruned"; reason: string },
    reason: string,
  ): Promise<GoOnAnswer> {
    await finishRun(deps.db, run, outcome);
    if (held.sweep !== null) await deliverSweep(deps, projectId, held.sweep.id);
    return { goOn: false, state: outcome.kind, reason };
  }
}

async function pruneReason(
  { db }: ApiDeps,
  run: OwnedRun,
  { sweep }: HeldAnswer,
): Promise<string | null> {
  if (sweep === null || sweep.pruner.name === "none") return null;
  const verdict = await judgeReport(db, sweep.id, run, judgeRun);
  // Trainers that ask keep their checkpoints to themselves: no sweep of theirs pauses at rungs.
  if (verdict?.kind !== "prune") return null;
  return `pruned at step ${verdict.step + 1}: ${verdict.why}`;
}
