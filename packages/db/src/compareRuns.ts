import { AppError, type Id, type RunComparison } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Runs side by side, in the order of `ids`. @throws {AppError} `not_found` naming missing ones. */
export async function compareRuns(
  db: Db,
  projectId: Id,
  ids: readonly Id[],
): Promise<RunComparison> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${ids}`);
}
