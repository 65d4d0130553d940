import { type ClaimedRun, type Db, pruningCurves } from "@sweepyard/db";
import { createPruner, type PruneReason } from "@sweepyard/search";
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
    return decision.prune ? describe(decision.reason, run.objective.metric) : null;
  } catch (error) {
    // A run that goes on one epoch longer is no harm.
    logger.warn({ error: String(error) }, "could not ask the pruner");
    return null;
  }
}

/** Such as "pruned after epoch 7: best val_accuracy 0.8125, the median of 5 runs is 0.842". */
function describe(
  { pruner, rule, step, best, compared, threshold }: PruneReason,
  metric: string,
): string {
  const when = typeof step === "number" ? `pruned after epoch ${step + 1}` : "pruned";
  if (typeof best !== "number" || typeof threshold !== "number")
    return `${when} by ${pruner}: ${rule.replaceAll("_", " ")}`;
  const figure = (value: number) => Number(value.toPrecision(4));
  return `${when}: best ${metric} ${figure(best)}, the ${pruner} of ${compared} runs is ${figure(threshold)}`;
}
