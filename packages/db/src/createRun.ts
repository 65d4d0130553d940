import { AppError, type CreateRun, type Id, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/**
 * Stores a single training job, queued with generation 1. A plan that names no version of its
 * data set gets the latest one.
 * @throws {AppError} `not_found` if the data set does not exist.
 */
export async function createRun(
  db: Db,
  projectId: Id,
  actor: string,
  run: CreateRun,
): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${actor} ${run}`);
}
