import { AppError, type Id, type QueueView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** What waits, what runs, and why, as far as Postgres knows; `jobs` is Redis' to tell. */
export async function queueStatus(db: Db, projectId: Id): Promise<Omit<QueueView, "jobs">> {
  throw new AppError("internal", `not there yet ${db} ${projectId}`);
}
