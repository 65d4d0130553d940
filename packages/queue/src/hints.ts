import { type QueueLogger, silentLogger } from "./queueLogger.js";
import { hintChannel } from "./queues.js";
import { connectRedis, describeError, type QueueAddress, SILENCE_MS } from "./redisConnection.js";

export interface Hints {
  close(): void;
}

/**
 * Calls `onHint` with a project that has new events. A hint says "look now" and nothing else:
 * what happened is read from the events table, and whoever waits looks now and then by itself.
 * `onHint(null)` means that hints may have been missed: look at every project.
 */
export function subscribeHints(
  { logger = silentLogger, ...address }: QueueAddress & { logger?: QueueLogger },
  onHint: (projectId: string | null) => void,
): Hints {
  const { prefix, silenceMs = SILENCE_MS } = address;
  const redis = connectRedis(address, "consumer", logger);
  // Whoever only listens would never learn that nobody is there to speak.
  const asking = setInterval(() => redis.ping().catch(() => {}), silenceMs);
  redis.on("message", (_channel: string, projectId: string) => onHint(projectId));
  redis.on("ready", () => {
    redis.subscribe(hintChannel(prefix)).then(
      () => onHint(null),
      (error: unknown) => {
        logger.warn({ error: describeError(error) }, "no hints of events: they are polled for");
      },
    );
  });
  return {
    close() {
      clearInterval(asking);
      redis.disconnect();
    },
  };
}
