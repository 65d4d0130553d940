import { AppError, type Id, type LiveEvent, type StoredEvent } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";

/** Stores an event in the transaction that makes the change. Null project: for all of them. */
export async function recordEvent(tx: Tx, projectId: Id | null, event: StoredEvent): Promise<void> {
  throw new AppError("internal", `not there yet ${tx} ${projectId} ${event}`);
}

export interface EventBatch {
  readonly events: { readonly cursor: string; readonly event: LiveEvent }[];
  /** Where to go on from, even if no event is for this project. */
  readonly cursor: string;
  /** True if the limit was reached: read on at once. */
  readonly more: boolean;
}

/**
 * Events after `cursor`; null starts with those of now. A `gap` event comes first if some were
 * dropped by age since.
 */
export async function readEvents(
  db: Db,
  projectId: Id,
  cursor: string | null,
  limit: number,
): Promise<EventBatch> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${cursor} ${limit}`);
}

/** Events committed from now on come after it. */
export async function currentCursor(db: Db): Promise<string> {
  throw new AppError("internal", `not there yet ${db}`);
}
