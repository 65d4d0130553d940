import type { Db } from "@sweepyard/db";
import type { Queues } from "@sweepyard/queue";
import type { Logger } from "pino";
import type { LoadRecorder } from "../load/loadRecorder.js";
import type { OwnedRuns } from "../ownedRuns.js";
import type { AllowedPrograms } from "../program/allowedPrograms.js";
import type { TrainerPool } from "../trainerPool/trainerPool.js";

export interface TrainRunDeps {
  readonly db: Db;
  readonly queues: Queues;
  readonly pool: TrainerPool;
  readonly owned: OwnedRuns;
  readonly load: LoadRecorder;
  readonly workerId: string;
  readonly device: string;
  readonly threads: number;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly logger: Logger;
  readonly programs: AllowedPrograms;
  /** Half of what a stopping worker waits for its trainers: a program gets no longer to stop. */
  readonly stopMs: number;
  /** Aborts when the worker stops. */
  readonly stopping: AbortSignal;
}
