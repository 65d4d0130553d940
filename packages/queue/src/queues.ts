import {
  AppError,
  JOBS,
  type JobName,
  type JobPayload,
  QUEUES,
  type QueueName,
  type QueueView,
  runJob,
} from "@sweepyard/contract";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { chunkJobId, type EnqueueOptions, runJobId, toJobOptions } from "./jobOptions.js";
import { type QueueLogger, silentLogger } from "./queueLogger.js";
import { connectRedis, describeError, type QueueAddress } from "./redisConnection.js";
import { withDeadline } from "./withDeadline.js";

export interface QueuesOptions extends QueueAddress {
  readonly logger?: QueueLogger;
  /** A Redis that takes longer than this for one request counts as away. */
  readonly timeoutMs?: number;
}

/** A run that waits in Postgres and ought to have a job. */
export interface QueuedRun extends JobPayload<"run.train"> {
  readonly priority: number;
  readonly delayMs?: number;
  /** What trains it decides which workers it goes to. */
  readonly trainer: "engine" | "command";
}

/** A chunk of a batch that waits in Postgres and ought to have a job. */
export interface QueuedChunk extends JobPayload<"predict.batch"> {
  readonly priority: number;
}

/** The producing side: everything here fails with AppError `unavailable` while Redis is away. */
export interface Queues {
  /**
   * Adds one job. A `run.train` of the same run and generation is added once; a `sweep.advance`
   * that still waits is not doubled.
   */
  enqueue<N extends JobName>(
    name: N,
    payload: JobPayload<N>,
    options?: EnqueueOptions,
  ): Promise<void>;
  /** Gives each of these runs a job, where none is waiting or active. Returns those it added. */
  ensureRunJobs(runs: readonly QueuedRun[]): Promise<QueuedRun[]>;
  /** The same for chunks of batches. */
  ensureChunkJobs(chunks: readonly QueuedChunk[]): Promise<QueuedChunk[]>;
  /** Jobs of a queue that a worker with room would take now: none while the queue is paused. */
  takeable(name: QueueName): Promise<number>;
  counts(): Promise<NonNullable<QueueView["jobs"]>>;
  /** Tells whoever streams events of `projectId` to look; never throws, since it is a hint. */
  hint(projectId: string): void;
  ping(): Promise<void>;
  /** BullMQ's own objects, for Bull Board. */
  readonly raw: Readonly<Record<QueueName, Queue>>;
  close(): Promise<void>;
}

export const hintChannel = (prefix: string): string => `${prefix}:hints`;

export function createQueues(options: QueuesOptions): Queues {
  const { redisUrl, prefix, logger = silentLogger, timeoutMs = 5_000 } = options;
  const redis = connectRedis(options, "producer", logger);
  const queueOf = (name: QueueName) => {
    const queue = new Queue(name, { connection: redis, prefix });
    queue.on("error", () => {}); // the connection reports it, once for all queues
    return queue;
  };
  const raw = {
    control: queueOf("control"),
    training: queueOf("training"),
    commands: queueOf("commands"),
  };

  let lastError = "it is not connected";
  redis.on("error", (error: Error) => {
    lastError = describeError(error);
  });

  async function ask<T>(request: () => Promise<T>): Promise<T> {
    if (redis.status === "reconnecting" || redis.status === "end" || redis.status === "close")
      throw away(redisUrl, lastError);
    try {
      const late = () => new Error(redis.status === "ready" ? "it is too slow" : lastError);
      return await withDeadline(request(), timeoutMs, late);
    } catch (error) {
      throw away(redisUrl, describeError(error), error);
    }
  }

  return {
    raw,
    enqueue: (name, payload, enqueueOptions = {}) =>
      ask(async () => {
        const queue = raw[JOBS[name].queue];
        await queue.add(name, payload, toJobOptions(name, payload, enqueueOptions));
      }),

    ensureRunJobs: (runs) =>
      ask(async () => {
        const added: QueuedRun[] = [];
        for (const trainer of ["engine", "command"] as const) {
          const name = runJob(trainer);
          const some = runs.filter((run) => run.trainer === trainer);
          const jobs = some.map((run) => ({
            of: run,
            id: runJobId(run),
            payload: { runId: run.runId, generation: run.generation },
          }));
          added.push(...(await ensureJobs(redis, raw[JOBS[name].queue], name, jobs)));
        }
        return added;
      }),

    ensureChunkJobs: (chunks) =>
      ask(() => {
        const jobs = chunks.map(({ priority, ...payload }) => ({
          of: { ...payload, priority },
          id: chunkJobId(payload),
          payload,
        }));
        return ensureJobs(redis, raw.training, "predict.batch", jobs);
      }),

    takeable: (name) =>
      ask(async () => {
        if (await raw[name].isPaused()) return 0;
        const { waiting = 0, prioritized = 0 } = await raw[name].getJobCounts(
          "waiting",
          "prioritized",
        );
        return waiting + prioritized;
      }),

    counts: () =>
      ask(() =>
        Promise.all(
          QUEUES.map(async (name) => {
            const counts = await raw[name].getJobCounts(
              "waiting",
              "prioritized",
              "active",
              "delayed",
              "failed",
            );
            const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
            return { queue: name, waiting, prioritized, active, delayed, failed };
          }),
        ),
      ),

    hint(projectId) {
      if (redis.status !== "ready") return;
      redis.publish(hintChannel(prefix), projectId).catch((error: unknown) => {
        logger.debug({ projectId, error: describeError(error) }, "no hint of an event was sent");
      });
    },

    ping: () =>
      ask(async () => {
        await raw.control.waitUntilReady();
        await redis.ping();
      }),

    async close() {
      await Promise.allSettled(
        QUEUES.map((name) => withDeadline(raw[name].close(), 1_000, () => new Error("late"))),
      );
      redis.disconnect();
    },
  };
}

function away(redisUrl: string, reason: string, cause?: unknown): AppError {
  const { host } = new URL(redisUrl); // the address, without its password
  return new AppError(
    "unavailable",
    `the job queue, Redis at ${host}, does not answer: ${reason}`,
    {
      cause,
    },
  );
}

/** Jobs looked up in one round trip. */
const LOOK_UP_AT_ONCE = 1_000;

interface WantedJob<T extends EnqueueOptions, N extends JobName> {
  readonly of: T;
  readonly id: string;
  readonly payload: JobPayload<N>;
}

/**
 * A job lives while its hash is there and has no `finishedOn`. One that is finished though what it
 * is of still waits (its delivery failed too often) is removed first, or its id would swallow the
 * new one.
 */
async function ensureJobs<T extends EnqueueOptions, N extends JobName>(
  redis: Redis,
  queue: Queue,
  name: N,
  jobs: readonly WantedJob<T, N>[],
): Promise<T[]> {
  const added: T[] = [];
  for (let first = 0; first < jobs.length; first += LOOK_UP_AT_ONCE) {
    const some = jobs.slice(first, first + LOOK_UP_AT_ONCE);
    const missing = await withoutJob(redis, queue, some);
    await queue.addBulk(
      missing.map(({ of, payload }) => ({
        name,
        data: payload,
        opts: toJobOptions(name, payload, of),
      })),
    );
    added.push(...missing.map(({ of }) => of));
  }
  return added;
}

async function withoutJob<T extends { readonly id: string }>(
  redis: Redis,
  queue: Queue,
  jobs: readonly T[],
): Promise<T[]> {
  await queue.waitUntilReady();
  const pipeline = redis.pipeline();
  for (const { id } of jobs) pipeline.hmget(queue.toKey(id), "timestamp", "finishedOn");
  const answers = (await pipeline.exec()) ?? [];
  const missing: T[] = [];
  for (const [index, job] of jobs.entries()) {
    const [error, fields] = answers[index] ?? [];
    if (error) throw error;
    const [timestamp, finishedOn] = fields as [string | null, string | null];
    if (timestamp !== null && finishedOn === null) continue;
    if (timestamp !== null) await queue.remove(job.id);
    missing.push(job);
  }
  return missing;
}
