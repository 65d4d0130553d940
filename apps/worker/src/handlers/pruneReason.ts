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
    const decision = createPruner(run.pruner).shouldPrune(own, others, run.objective);
    return decision.prune ? describe(decision.reason) : null;
  } catch (error) {
    // A run that goes on one epoch longer is no harm.
    logger.warn({ error: String(error) }, "could not ask the pruner");
    return null;
  }
}

/** Such as "median: step 3, value 0.71, bound 0.8". */
function describe({ pruner, ...details }: Readonly<Record<string, unknown>>): string {
  const list = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  return `${pruner}: ${list.join(", ")}`;
}
