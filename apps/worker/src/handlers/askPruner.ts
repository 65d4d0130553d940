import { type ClaimedRun, type Db, judgeReport, type RunOutcome } from "@sweepyard/db";
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

async function decide({ id, attempt, sweepId }: ClaimedRun, db: Db): Promise<RunOutcome | null> {
  if (sweepId === null) return null;
  const verdict = await judgeReport(db, sweepId, { runId: id, attempt }, judgeRun);
  switch (verdict?.kind) {
    case undefined:
      return null;
    case "prune":
      return { kind: "pruned", reason: `pruned after epoch ${verdict.step + 1}: ${verdict.why}` };
    case "pause": {
      const { rung, step, why } = verdict;
      const reason = `paused at rung ${rung} (epoch ${step + 1}): ${why}`;
      return { kind: "paused_at_rung", rung, reason };
    }
  }
}
