import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Delivery } from "./delivery.js";

export interface ReconcileOptions {
  /** How long after its end a lease still counts, so that a busy database kills no live run. */
  readonly leaseGraceMs: number;
  /** A worker unseen for so long is lost. Default: one minute. */
  readonly workerLostMs?: number;
  /** Events older than this are dropped. Default: one day. */
  readonly keepEventsMs?: number;
}

export interface Reconciled {
  /** All queued runs: enqueue those that have no live job. */
  readonly requeue: Delivery[];
  /** Running sweeps with nothing queued. */
  readonly advance: Id[];
  /** Runs taken back since their lease had run out. */
  readonly lost: {
    readonly runId: Id;
    readonly attempt: number;
    readonly workerName: string | null;
  }[];
  readonly lostWorkers: Id[];
}

/** Repairs what got lost: a worker's death, a dropped job, a missed advance. Runs in parallel. */
export async function reconcile(db: Db, options: ReconcileOptions): Promise<Reconciled> {
  throw new AppError("internal", `not there yet ${db} ${options}`);
}
