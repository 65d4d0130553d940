import { type ClaimedRun, type Db, pruningCurves } from "@sweepyard/db";
import { createPruner } from "@sweepyard/search";
import type { Logger } from "pino";

/** Why the run should stop after the epoch just recorded, in words; null: it goes on. */
export async function pruneReason(
  run: ClaimedRun,
  { db, logger }: { readonly db: Db; readonly logger: Logger },
): Promise<string | null> {
  if (run.pruner.name === "none" || run.sweepId === null || run.objective === null) return null;
  try {
    const { own, others } = await pruningCurves(db, run.sweepId, run.id);
    if (own === null) return null;
    const { prune, reason } = createPruner(run.pruner).shouldPrune(own, others, run.objective);
    return prune ? `pruned after epoch ${own.points.length}: ${reason.why}` : null;
  } catch (error) {
    // A run that goes on one epoch longer is no harm.
    logger.warn({ error: String(error) }, "could not ask the pruner");
    return null;
  }
}
