import { AppError, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Names one attempt at one run: what every write of a worker carries. */
export interface OwnedRun {
  readonly runId: Id;
  readonly attempt: number;
}

export type RunCommand = "cancel" | "pause";

export interface HeartbeatAnswer extends OwnedRun {
  /** False: a newer attempt has taken over, or the run has ended; stop that trainer. */
  readonly owned: boolean;
  readonly command: RunCommand | null;
}

/** Prolongs the leases of all slots in one statement. Answers come in the order of `owned`. */
export async function heartbeat(
  db: Db,
  owned: readonly OwnedRun[],
  leaseMs: number,
): Promise<HeartbeatAnswer[]> {
  throw new AppError("internal", `not there yet ${db} ${owned} ${leaseMs}`);
}
