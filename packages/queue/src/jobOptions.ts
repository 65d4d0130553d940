import { JOBS, type JobName, type JobPayload } from "@sweepyard/contract";
import type { JobsOptions } from "bullmq";

/** Ours: 0..100, higher first. BullMQ's: lower first, and 0 means "before all prioritised". */
const HIGHEST = 100;
export const DEFAULT_PRIORITY = 50;

export interface EnqueueOptions {
  /** 0..100, higher goes first. Of equal ones the older job goes first. */
  readonly priority?: number;
  readonly delayMs?: number;
}

/** How long BullMQ keeps finished jobs to be looked at; nothing depends on them. */
const KEEP_COMPLETED = { age: 3_600, count: 500 };
const KEEP_FAILED = { age: 7 * 86_400, count: 1_000 };

/**
 * While an advance of a sweep waits, another one adds nothing. The key goes when a worker starts
 * the job, before it reads the sweep, so what happens later gets a job of its own; the time limit
 * covers a worker that dies in between.
 */
const ADVANCE_DEDUPLICATION_MS = 10_000;

export function toJobOptions<N extends JobName>(
  name: N,
  payload: JobPayload<N>,
  { priority = DEFAULT_PRIORITY, delayMs = 0 }: EnqueueOptions,
): JobsOptions {
  const { attempts, backoffMs } = JOBS[name];
  return {
    ...identity(name, payload),
    attempts,
    backoff: { type: "exponential", delay: backoffMs, jitter: 0.5 },
    priority: toBullPriority(priority, isAgain(payload)),
    delay: delayMs,
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
  };
}

/** A run that was queued before has begun, or waited, already: it goes before new ones of its priority. */
const isAgain = (payload: object): boolean =>
  "generation" in payload && Number(payload.generation) > 1;

export function toBullPriority(priority: number, again = false): number {
  const below = HIGHEST - Math.min(HIGHEST, Math.max(0, Math.round(priority)));
  return 2 * below + (again ? 1 : 2);
}

/** BullMQ drops an `add` whose id it still keeps, hence the generation. Ids hold no colon. */
export const runJobId = ({ runId, generation }: JobPayload<"run.train">): string =>
  `run_${runId}_g${generation}`;

/** As with a run's: the generation makes it new each time the chunk is queued. */
export const chunkJobId = ({ batchId, chunk, generation }: JobPayload<"predict.batch">): string =>
  `batch_${batchId}_c${chunk}_g${generation}`;

function identity<N extends JobName>(name: N, payload: JobPayload<N>): JobsOptions {
  switch (name) {
    case "run.train":
    case "run.command":
      return { jobId: runJobId(payload as JobPayload<"run.train">) };
    case "predict.batch":
      return { jobId: chunkJobId(payload as JobPayload<"predict.batch">) };
    case "sweep.advance": {
      const { sweepId } = payload as JobPayload<"sweep.advance">;
      return { deduplication: { id: `advance_${sweepId}`, ttl: ADVANCE_DEDUPLICATION_MS } };
    }
    default:
      return { deduplication: { id: name, ttl: ADVANCE_DEDUPLICATION_MS } };
  }
}
