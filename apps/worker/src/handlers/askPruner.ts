import {
  type ClaimedRun,
  type Db,
  ownPruningCurve,
  type RunOutcome,
  recordPruning,
  rivalPruningCurves,
} from "@sweepyard/db";
import { judgeRun } from "@sweepyard/search";
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
  const { verdict, memory } = await judgeRun(run.pruner, curve, settings, (needs, at) =>
    rivalPruningCurves(db, { sweepId, runId: run.id }, needs, at),
  );
  if (memory !== null) await recordPruning(db, { runId: run.id, attempt: run.attempt }, memory);
  switch (verdict?.kind) {
    case undefined:
      return null;
    case "prune":
      return { kind: "pruned", reason: `pruned after epoch ${step + 1}: ${verdict.why}` };
    case "pause": {
      const { rung, why } = verdict;
      const reason = `paused at rung ${rung} (epoch ${step + 1}): ${why}`;
      return { kind: "paused_at_rung", rung, reason };
    }
  }
}
