import { AppError, type Report, type RunState, type StoredFile } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Delivery } from "./delivery.js";
import type { OwnedRun } from "./heartbeat.js";

export type RunOutcome =
  | {
      readonly kind: "completed";
      readonly report: Report;
      readonly weights: StoredFile;
      readonly model: StoredFile;
    }
  | { readonly kind: "pruned"; readonly reason: string }
  | { readonly kind: "diverged"; readonly epoch: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "paused" }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      /** False where another attempt would end the same way. */
      readonly retryable: boolean;
    }
  /** The worker stops, or wants nothing to do with the run; costs no attempt. */
  | { readonly kind: "handed_back"; readonly reason: string };

export type FinishAnswer =
  | { readonly owned: false }
  | {
      readonly owned: true;
      readonly state: RunState;
      /** Present if the run is queued again. */
      readonly requeue?: Delivery;
    };

/**
 * Ends an attempt: its outcome, artifacts, report, the run's state and an event, in one
 * transaction. A retryable failure with attempts left is queued again with a growing delay; a
 * cancel or pause that was asked for meanwhile is obeyed instead.
 */
export async function finishRun(db: Db, run: OwnedRun, outcome: RunOutcome): Promise<FinishAnswer> {
  throw new AppError("internal", `not there yet ${db} ${run} ${outcome}`);
}
