import { AppError, type Id, type ModelVersionView, type PromoteRun } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/**
 * Makes a run's model a version and points an alias at it. A run is at most one version of a
 * model: promoting it again only moves the alias.
 * @throws {AppError} `conflict` unless the run is completed and not excluded.
 */
export async function promoteRun(
  db: Db,
  projectId: Id,
  actor: string,
  runId: Id,
  promotion: PromoteRun,
): Promise<ModelVersionView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${actor} ${runId} ${promotion}`);
}
