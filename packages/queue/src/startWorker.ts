import { JOBS, type JobName, type JobPayload, type QueueName } from "@sweepyard/contract";
import { type Job, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { type QueueLogger, silentLogger } from "./queueLogger.js";
import { connectRedis, describeError, type QueueAddress } from "./redisConnection.js";
import { withDeadline } from "./withDeadline.js";

export interface Delivery {
  readonly jobId: string;
  /** Aborts when the job's time (`timeoutMs` of the catalog) is up. */
  readonly signal: AbortSignal;
}

/** A handler that throws has its job delivered again, with backoff, as the catalog says. */
export type Handler<N extends JobName> = (
  payload: JobPayload<N>,
  delivery: Delivery,
) => Promise<void>;

/** The names of the jobs that `Q` delivers. */
export type JobsOf<Q extends QueueName> = {
  [N in JobName]: (typeof JOBS)[N]["queue"] extends Q ? N : never;
}[JobName];

export type Handlers<Q extends QueueName> = { readonly [N in JobsOf<Q>]: Handler<N> };

/**
 * Thrown by a handler that leaves its job to another worker: it waits again as if it had not been
 * taken. Whoever throws it should take no more jobs, or will meet this one at once.
 */
export class NotNowError extends Error {
  override readonly name = "NotNowError";
}

export interface QueueWorkerOptions extends QueueAddress {
  readonly concurrency: number;
  readonly logger?: QueueLogger;
  /** A job whose worker renewed nothing for this long is given to another one. */
  readonly lockMs?: number;
  readonly stalledCheckMs?: number;
}

export interface QueueWorker {
  /** Jobs that it has taken so far. */
  readonly taken: number;
  /** Jobs that it is at. */
  readonly atWork: number;
  /** Takes no more jobs; those at work go on. */
  stopTaking(): Promise<void>;
  /**
   * Waits for the jobs at work, then leaves Redis, both within `deadlineMs` in all; later than
   * that it cuts the connections. Never throws.
   */
  close(deadlineMs: number): Promise<void>;
}

const FAREWELL_MS = 2_000;

/** Takes jobs of one queue and hands each to the handler of its name. */
export function startWorker<Q extends QueueName>(
  queue: Q,
  handlers: Handlers<Q>,
  options: QueueWorkerOptions,
): QueueWorker {
  const { prefix, concurrency, logger = silentLogger } = options;
  const { lockMs = 60_000, stalledCheckMs = 30_000 } = options;
  const connection = connectRedis(options, "consumer", logger);
  let stopping = false;
  let taken = 0;
  const atWork = new Set<Promise<void>>();

  async function process(job: Job, token: string | undefined): Promise<void> {
    taken += 1;
    const putBack = async (): Promise<never> => {
      await job.moveToWait(token);
      throw new WaitingError();
    };
    // Fetched in the moment of stopping: the next worker takes it, as if it had not been.
    if (stopping) return putBack();
    // From here on a new request for the same thing is a job of its own.
    if (job.deduplicationId) await job.removeDeduplicationKey();
    const work = deliver(handlers as Record<string, Handler<JobName>>, job);
    atWork.add(work);
    try {
      await work;
    } catch (error) {
      if (error instanceof NotNowError) await putBack();
      throw error;
    } finally {
      atWork.delete(work);
    }
  }

  const worker = new Worker(queue, process, {
    connection,
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledCheckMs,
    maxStalledCount: 3,
    maxStartedAttempts: 20,
    // How soon taking jobs resumes after Redis was away.
    runRetryDelay: 1_000,
  });
  worker.on("error", (error) => {
    logger.debug({ queue, error: describeError(error) }, "trouble with the queue");
  });
  worker.on("failed", (job, error) => {
    const fields = { queue, job: job?.name, jobId: job?.id, error: describeError(error) };
    logger.warn({ ...fields, attempt: job?.attemptsMade }, "a job failed");
  });
  worker.on("stalled", (jobId) => {
    logger.warn({ queue, jobId }, "a job's worker went silent; it is delivered again");
  });

  const stopTaking = async () => {
    stopping = true;
    await worker.pause(true).catch((error: unknown) => {
      logger.debug({ queue, error: describeError(error) }, "could not pause");
    });
  };

  return {
    get taken() {
      return taken;
    },
    get atWork() {
      return atWork.size;
    },
    stopTaking,
    async close(deadlineMs) {
      const deadline = performance.now() + deadlineMs;
      const late = () => new Error("no answer in time");
      await stopTaking();
      await withDeadline(Promise.allSettled(atWork), deadlineMs, late).catch(() => {});
      // What is left is to tell Redis. BullMQ's close has no deadline of its own, and hangs where
      // its blocking connection is just being made again.
      const farewellMs = Math.max(100, Math.min(FAREWELL_MS, deadline - performance.now()));
      await withDeadline(worker.close(), farewellMs, late).catch(async (error: unknown) => {
        logger.warn({ queue, error: describeError(error) }, "cut the connection to redis");
        await withDeadline(worker.disconnect(), 500, late).catch(() => {});
      });
      connection.disconnect();
    },
  };
}

async function deliver(handlers: Record<string, Handler<JobName>>, job: Job): Promise<void> {
  const handler = handlers[job.name];
  if (handler === undefined || !Object.hasOwn(JOBS, job.name))
    throw new UnrecoverableError(`no handler for jobs named ${job.name}`);
  const definition = JOBS[job.name as JobName];
  const payload = definition.payload.safeParse(job.data);
  if (!payload.success)
    throw new UnrecoverableError(`payload of ${job.name} is wrong: ${payload.error.message}`);
  const { timeoutMs } = definition;
  const jobId = job.id ?? "";
  if (timeoutMs === null)
    return handler(payload.data, { jobId, signal: new AbortController().signal });
  const controller = new AbortController();
  const late = () => {
    const error = new Error(`${job.name} took longer than ${timeoutMs} ms`);
    controller.abort(error);
    return error;
  };
  return withDeadline(handler(payload.data, { jobId, signal: controller.signal }), timeoutMs, late);
}
