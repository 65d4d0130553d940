import { AppError, type Id, type WorkerView } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface WorkerSlot {
  readonly slot: number;
  readonly device: string;
}

export interface RegisterWorker {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly slots: readonly WorkerSlot[];
}

/** A process that starts is a new worker, whatever its name. */
export async function registerWorker(db: Db, worker: RegisterWorker): Promise<Id> {
  throw new AppError("internal", `not there yet ${db} ${worker}`);
}

/** Says that the worker is alive; one that was taken for lost is active again. */
export async function workerBeat(
  db: Db,
  workerId: Id,
  slots: readonly WorkerSlot[],
): Promise<void> {
  throw new AppError("internal", `not there yet ${db} ${workerId} ${slots}`);
}

/** `draining`: takes no more runs; `stopped`: is gone. */
export async function workerStopped(
  db: Db,
  workerId: Id,
  state: "draining" | "stopped",
): Promise<void> {
  throw new AppError("internal", `not there yet ${db} ${workerId} ${state}`);
}

/** Workers of the last day, live ones first. A run of another project shows as no run. */
export async function listWorkers(db: Db, projectId: Id): Promise<WorkerView[]> {
  throw new AppError("internal", `not there yet ${db} ${projectId}`);
}
