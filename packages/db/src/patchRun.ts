import { AppError, type Id, type PatchRun, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Changes note and tags, or takes the run out of best, importance and sampling, or puts it back. */
export async function patchRun(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
  patch: PatchRun,
): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id} ${actor} ${patch}`);
}
