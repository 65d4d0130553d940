import { AppError, type Id, type ListRuns, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Page } from "./page.js";

/** @throws {AppError} `not_found`. */
export async function getRun(db: Db, projectId: Id, id: Id): Promise<RunView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}

/** @throws {AppError} `invalid_request` for a filter, a sort or a cursor that makes no sense. */
export async function listRuns(db: Db, projectId: Id, query: ListRuns): Promise<Page<RunView>> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${query}`);
}
