import { AppError, type Id, type SweepView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Ends a sweep: queued and paused runs are cancelled now, running ones at their next heartbeat. */
export async function cancelSweep(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
): Promise<SweepView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}

/** Makes no further runs; queued runs are paused now, running ones at their next heartbeat. */
export async function pauseSweep(db: Db, projectId: Id, id: Id, actor: string): Promise<SweepView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}

/** Goes on where a sweep was paused. Enqueue `queuedDeliveries(db, {sweepId})` and advance it. */
export async function resumeSweep(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
): Promise<SweepView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor}`);
}
