import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@sweepyard/contract";
import type { Logger } from "pino";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

export interface PersistOptions {
  readonly logger: Logger;
  /** An error that lasts this long is not the database's absence. */
  readonly limitMs: number;
  /** True once there is no use in trying any longer. */
  giveUp(): boolean;
}

/**
 * Repeats `work` on the database while that is away, with growing, jittered delays. All that is
 * written names its attempt, so a repetition of something that did arrive does no harm.
 * @throws what `work` threw last, once that is no passing trouble or `giveUp` says so.
 */
export async function persist<T>(work: () => Promise<T>, options: PersistOptions): Promise<T> {
  const deadline = performance.now() + options.limitMs;
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const permanent = error instanceof AppError && error.code !== "unavailable";
      if (permanent || options.giveUp() || performance.now() > deadline) throw error;
      if (tries === 0) options.logger.warn({ error: String(error) }, "the database failed us");
      const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
      await sleep(delayMs * (0.5 + Math.random() / 2));
    }
  }
}
