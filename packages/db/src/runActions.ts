import { AppError, type Id, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Cancels a queued or paused run now, a running one at its next heartbeat. */
export async function requestCancel(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}

/** Pauses a queued run now, a running one at its next heartbeat; its checkpoint is kept. */
export async function requestPause(db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}

/** Queues a paused run again; enqueue `queuedDeliveries(db, {runId})`. */
export async function resumeRun(db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}

/**
 * Queues a failed or cancelled run again, from its last checkpoint; enqueue
 * `queuedDeliveries(db, {runId})`. A sweep that had completed runs again until the run ends.
 */
export async function retryRun(db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}
