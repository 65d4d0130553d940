import { reconcile as reconcileInDatabase } from "@sweepyard/db";
import { type AdvanceSweepDeps, advance } from "./advanceSweep.js";

export interface ReconcileDeps extends AdvanceSweepDeps {
  /** How long an expired lease is still respected, just now. */
  leaseGraceMs(): number;
}

/**
 * Repairs what a crash or a lost Redis left between the tables and the queue. Postgres' part is
 * done first and does not need Redis.
 */
export const reconcile = (deps: ReconcileDeps) => async (): Promise<void> => {
  const { db, queues, logger } = deps;
  const found = await reconcileInDatabase(db, { leaseGraceMs: deps.leaseGraceMs() });
  for (const { runId, attempt, workerName } of found.lost)
    logger.warn({ runId, attempt, workerName }, "took back a run whose lease had run out");
  for (const lost of found.lostChunks)
    logger.warn(lost, "took back a batch's chunk whose lease had run out");
  for (const sweepId of found.advance)
    await advance(deps, sweepId).catch((error: unknown) => {
      logger.error({ sweepId, error: String(error) }, "could not advance a sweep");
    });
  await queues.ensureChunkJobs(found.chunks);
  const added = await queues.ensureRunJobs(found.requeue);
  if (added.length > 0) logger.info({ runs: added.length }, "gave waiting runs their jobs again");
};
