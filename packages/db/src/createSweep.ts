import { AppError, type CreateSweep, type Id, type SweepView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface CreateSweepOptions {
  /** Runs that will be made in all: the budget or the grid's cells, whichever is less. */
  readonly plannedRuns: number | null;
}

/** Stores a sweep that `parseSweep` accepted. Its runs are made by `advanceSweep`. */
export async function createSweep(
  db: Db,
  projectId: Id,
  actor: string,
  sweep: CreateSweep,
  options: CreateSweepOptions,
): Promise<SweepView> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${actor} ${sweep} ${options}`);
}
