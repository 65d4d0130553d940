import { advanceSweep as advanceInDatabase, type Db, queuedDeliveries } from "@sweepyard/db";
import type { Handler, Queues } from "@sweepyard/queue";
import type { SweepDecider } from "@sweepyard/search";
import type { Logger } from "pino";

export interface AdvanceSweepDeps {
  readonly db: Db;
  readonly queues: Queues;
  readonly logger: Logger;
  readonly decider: SweepDecider;
}

/** Runs of one sweep that may have lost their jobs at its limit. */
const WAITING_LOOKED_AT = 100;

/** Makes a sweep's next runs and enqueues them, or ends the sweep. */
export async function advance(deps: AdvanceSweepDeps, sweepId: string): Promise<void> {
  const { db, queues, logger } = deps;
  const { created, ended, projectId } = await advanceInDatabase(db, sweepId, deps.decider);
  if (created.length > 0 || ended)
    logger.info({ sweepId, runs: created.length, ended }, "advanced a sweep");
  if (projectId !== undefined) queues.hint(projectId);
  try {
    await queues.ensureRunJobs(created);
    // A job that came while the sweep's parallelism was used up has claimed nothing: here is another.
    await queues.ensureRunJobs(await queuedDeliveries(db, { sweepId, limit: WAITING_LOOKED_AT }));
  } catch (error) {
    // They are stored as queued: reconcile gives them jobs.
    logger.warn({ sweepId, runs: created.length, error: String(error) }, "could not enqueue runs");
  }
}

export const advanceSweep =
  (deps: AdvanceSweepDeps): Handler<"sweep.advance"> =>
  ({ sweepId }) =>
    advance(deps, sweepId);
