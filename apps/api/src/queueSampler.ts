import { type Db, sampleQueues } from "@sweepyard/db";
import type { Logger } from "pino";

const SAMPLE_MS = 10_000;

/**
 * Notes the queue's depth every few seconds, for its history. It is done here and not by workers,
 * since a queue grows most when no worker is there. @returns ends it.
 */
export function sampleQueuesRegularly(db: Db, log: Logger): () => void {
  let isAtIt = false;
  const timer = setInterval(async () => {
    if (isAtIt) return;
    isAtIt = true;
    await sampleQueues(db).catch((error: unknown) => {
      log.debug({ err: error }, "the queue's depth was not noted");
    });
    isAtIt = false;
  }, SAMPLE_MS);
  return () => clearInterval(timer);
}
