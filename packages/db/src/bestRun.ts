import { AppError, type BestRun, type Direction, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface BestRunQuery {
  readonly sweepId?: Id;
  /** Absent: the sweep's objective; without a sweep, val_accuracy. */
  readonly metric?: string;
  /** Absent: the sweep's if it is its objective; else minimize for metrics named …loss. */
  readonly direction?: Direction;
  /** In the language of contract's filter.ts. */
  readonly filter?: string;
}

/**
 * The best completed run that is not excluded, by the last finite value of a metric; ties go to
 * the lowest number.
 * @throws {AppError} `not_found` if there is none.
 */
export async function bestRun(db: Db, projectId: Id, query: BestRunQuery): Promise<BestRun> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${query}`);
}
