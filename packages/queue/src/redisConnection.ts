import { Redis } from "ioredis";
import type { QueueLogger } from "./queueLogger.js";

/** Where the queues are. */
export interface QueueAddress {
  readonly redisUrl: string;
  /** Prefix of every key; braces keep them in one slot of a cluster. */
  readonly prefix: string;
  /**
   * A connection on which nothing is heard for so long, though an answer is due, is given up and
   * made anew. Default: 12 s, as BullMQ's blocking reads take 10 s at most; producers, which block
   * for nothing, wait 5 s at most.
   */
  readonly silenceMs?: number;
}

/**
 * `producer` fails at once while Redis is away, so that a request can answer 503; `consumer`
 * waits for it to come back, however long that takes.
 */
export type ConnectionRole = "producer" | "consumer";

const RECONNECT_MAX_MS = 2_000;
export const SILENCE_MS = 12_000;
const PRODUCER_SILENCE_MS = 5_000;

export function connectRedis(
  { redisUrl, silenceMs = SILENCE_MS }: Pick<QueueAddress, "redisUrl" | "silenceMs">,
  role: ConnectionRole,
  logger: QueueLogger,
): Redis {
  const redis = new Redis(redisUrl, {
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // A server that vanished without a word refuses nothing, and keep-alive probes are not sent
    // while something waits to be acknowledged: the kernel would try for a quarter of an hour.
    socketTimeout: role === "producer" ? Math.min(silenceMs, PRODUCER_SILENCE_MS) : silenceMs,
    // Null is what BullMQ's blocking reads need; producers never queue, so they never retry.
    maxRetriesPerRequest: null,
    enableOfflineQueue: role === "consumer",
    // ioredis drops the promise with which it subscribes again: a connection that is lost in that
    // moment would end the process by an unhandled rejection. Who subscribes does so when ready.
    autoResubscribe: false,
    // Jitter, so that many processes don't reconnect in step after an outage.
    retryStrategy: (times) =>
      Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2),
  });
  let reported = false;
  redis.on("error", (error: Error) => {
    // One line an outage: every attempt to reconnect fails the same way.
    if (reported) return;
    reported = true;
    logger.warn({ role, error: describeError(error) }, "redis does not answer");
  });
  redis.on("ready", () => {
    if (reported) logger.info({ role }, "redis is back");
    reported = false;
  });
  return redis;
}

/** A refused connection to several addresses is an AggregateError with an empty message. */
export const describeError = (error: unknown): string =>
  error instanceof AggregateError && error.message === ""
    ? error.errors.map(describeError).join(", ")
    : error instanceof Error
      ? error.message
      : String(error);
