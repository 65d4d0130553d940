import type { RunOutcome } from "@sweepyard/db";
import type { Logger } from "pino";
import type { OwnedRun, StopReason } from "../ownedRuns.js";
import { TrainerDeath } from "../trainerPool/trainerDeath.js";

/** How an attempt ends that was stopped before its own end. */
export function stoppedOutcome(reason: StopReason | undefined): RunOutcome {
  switch (reason?.kind) {
    case "cancelled":
    case "paused":
      return { kind: reason.kind };
    case "worker_stops":
      return { kind: "handed_back", reason: "its worker stops" };
    case "worker_drained":
      return { kind: "handed_back", reason: "its worker is drained" };
    case "lost":
      return { kind: "handed_back", reason: reason.why }; // never written
    case undefined:
      return { kind: "failed", code: "internal", message: "stopped unasked", retryable: true };
  }
}

/** How an attempt ends in which something threw: the trainer died, or the database was away. */
export function failedOrLost(
  error: unknown,
  held: OwnedRun,
  { leaseMs, logger }: { readonly leaseMs: number; readonly logger: Logger },
): RunOutcome {
  if (isLeaseGone(held, leaseMs))
    held.stop({ kind: "lost", why: "the database was away for longer than the lease" });
  if (held.reason !== undefined) return stoppedOutcome(held.reason);
  const code = error instanceof TrainerDeath ? error.code : "internal";
  const message = error instanceof Error ? error.message : String(error);
  logger.error({ code, error: message }, "the attempt failed");
  return { kind: "failed", code, message, retryable: true };
}

export const isLeaseGone = (held: OwnedRun, leaseMs: number): boolean =>
  held.reason?.kind === "lost" || performance.now() - held.renewedAt > leaseMs;
