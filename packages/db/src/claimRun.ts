import {
  AppError,
  type DatasetFiles,
  type Id,
  type Objective,
  type Params,
  type PrunerConfig,
  type StoredFile,
  type TrainPlan,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface ClaimRequest {
  readonly runId: Id;
  /** Of the job; one older than the row's is refused. */
  readonly generation: number;
  readonly workerId: Id;
  readonly slot: number;
  readonly device: string;
  readonly leaseMs: number;
  /** Attempts that may be lost or fail, the first included, before the run counts as failed. */
  readonly maxAttempts: number;
}

export interface ClaimedRun {
  readonly id: Id;
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly number: number;
  readonly name: string;
  readonly params: Params;
  readonly attempt: number;
  readonly generation: number;
  readonly plan: TrainPlan;
  readonly dataset: { readonly files: DatasetFiles; readonly classNames: string[] };
  /** The last checkpoint; absent: from the start. */
  readonly resume?: StoredFile & { readonly epoch: number };
  /** Null for a run without a sweep. */
  readonly objective: Objective | null;
  readonly pruner: PrunerConfig;
}

/**
 * Takes a run for one delivery of its job. Each claim raises `attempt`, the fencing token that
 * later writes must match, so a stalled worker cannot overwrite its successor. Postgres owns the
 * counter: a job that `reconcile` enqueues again restarts BullMQ's at 1.
 *
 * @returns null when the run has ended, another worker's lease still holds, the job is outdated,
 *   or the attempts are used up, in which case the run becomes failed here.
 */
export async function claimRun(db: Db, request: ClaimRequest): Promise<ClaimedRun | null> {
  throw new AppError("internal", `not there yet ${db} ${request}`);
}
