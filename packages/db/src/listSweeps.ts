import { AppError, type Id, type SweepState, type SweepView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Page } from "./page.js";

export interface ListSweeps {
  readonly state?: readonly SweepState[];
  readonly cursor?: string;
  readonly limit: number;
}

/** @throws {AppError} `not_found`. */
export async function getSweep(db: Db, projectId: Id, id: Id): Promise<SweepView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}

/** Newest first. */
export async function listSweeps(
  db: Db,
  projectId: Id,
  query: ListSweeps,
): Promise<Page<SweepView>> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${query}`);
}
