import { type QueueLogger, silentLogger } from "./queueLogger.js";
import { hintChannel } from "./queues.js";
import { connectRedis, describeError, type QueueAddress } from "./redisConnection.js";

export interface Hints {
  close(): void;
}

/**
 * Calls `onHint` with a project that has new events. A hint says "look now" and nothing else:
 * what happened is read from the events table, and whoever waits looks now and then by itself.
 * `onHint(null)` means that hints may have been missed: look at every project.
 */
export function subscribeHints(
  { redisUrl, prefix, logger = silentLogger }: QueueAddress & { logger?: QueueLogger },
  onHint: (projectId: string | null) => void,
): Hints {
  const redis = connectRedis(redisUrl, "consumer", logger);
  redis.on("message", (_channel: string, projectId: string) => onHint(projectId));
  redis.on("ready", () => {
    redis.subscribe(hintChannel(prefix)).then(
      () => onHint(null),
      (error: unknown) => {
        logger.warn({ error: describeError(error) }, "no hints of events: they are polled for");
      },
    );
  });
  return { close: () => redis.disconnect() };
}
