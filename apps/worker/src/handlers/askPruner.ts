import {
  type ClaimedRun,
  type Db,
  ownPruningCurve,
  type RunOutcome,
  recordPruning,
  rivalPruningCurves,
} from "@sweepyard/db";
import { createPruner, decideAlone } from "@sweepyard/search";
import type { Logger } from "pino";

/** How the run ends or pauses after the epoch just recorded, if the pruner wants it; else null. */
export async function askPruner(
  run: ClaimedRun,
  deps: { readonly db: Db; readonly logger: Logger },
): Promise<RunOutcome | null> {
  try {
    return await decide(run, deps.db);
  } catch (error) {
    // A run that goes on one epoch longer is no harm.
    deps.logger.warn({ error: String(error) }, "could not ask the pruner");
    return null;
  }
}

async function decide(run: ClaimedRun, db: Db): Promise<RunOutcome | null> {
  const { sweepId, objective } = run;
  if (run.pruner.name === "none" || sweepId === null || objective === null) return null;
  const own = await ownPruningCurve(db, sweepId, run.id);
  if (own === null) return null;
  const { sweepName, resource, ...curve } = own;
  const step = curve.points.at(-1)?.step ?? 0;
  const settings = { ...objective, sweepName, ...(resource !== null && { resource }) };
  const pruner = createPruner(run.pruner);
  const rivals = () => rivalPruningCurves(db, { sweepId, runId: run.id }, pruner.needs, step);
  const decision =
    decideAlone(pruner, curve, settings) ?? pruner.shouldPrune(curve, await rivals(), settings);

  const { prune, pause, reason, rungs } = decision;
  const stops = prune || pause !== undefined;
  const settled = resource === null ? decision.resource : undefined;
  if (stops || settled !== undefined || (rungs !== undefined && rungs.length > curve.rungs.length))
    await recordPruning(
      db,
      { runId: run.id, attempt: run.attempt },
      {
        ...(rungs && { rungs }),
        ...(settled !== undefined && { resource: settled }),
        ...(stops && { reason }),
      },
    );
  const { why } = reason;
  if (prune) return { kind: "pruned", reason: `pruned after epoch ${step + 1}: ${why}` };
  if (pause === undefined) return null;
  const { rung } = pause;
  return {
    kind: "paused_at_rung",
    rung,
    reason: `paused at rung ${rung} (epoch ${step + 1}): ${why}`,
  };
}
