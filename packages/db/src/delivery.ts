import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** What a `run.train` job is made of. */
export interface Delivery {
  readonly runId: Id;
  readonly generation: number;
  /** Higher goes first. */
  readonly priority: number;
  /** A retry backs off by this; else 0. */
  readonly delayMs: number;
}

/**
 * The queued runs, most urgent first: what to enqueue after a resume or a retry, and what
 * `reconcile` makes sure has a job.
 */
export async function queuedDeliveries(
  db: Db,
  which: { readonly runId?: Id; readonly sweepId?: Id; readonly limit?: number },
): Promise<Delivery[]> {
  throw new AppError("internal", `not there yet ${db} ${which}`);
}
