import { type AppOptions, type AppProcess, startApp } from "./appProcess.js";

export interface KeptApp {
  readonly url: string | null;
  /** Settles when the app cannot be kept running: why, in words. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

const MOST_RESTARTS = 5;
const WITHIN_MS = 60_000;

/**
 * Starts an app, and starts it again when it dies: work that a dead worker held goes on from its
 * last checkpoint in the next one. Dying again and again is a fault that starting does not cure.
 */
export async function keepApp(options: AppOptions, say: (line: string) => void): Promise<KeptApp> {
  let current: AppProcess = await startApp(options);
  let restart: Promise<unknown> = Promise.resolve();
  let stopping = false;
  const deaths: number[] = [];

  async function watch(): Promise<string> {
    while (true) {
      const how = await current.exited;
      if (stopping) return new Promise(() => {});
      const now = Date.now();
      deaths.push(now);
      if (deaths.filter((at) => at > now - WITHIN_MS).length > MOST_RESTARTS)
        return `${options.name} died ${MOST_RESTARTS + 1} times within a minute (${how})`;
      say(`${options.name} died (${how}); starting it again`);
      try {
        const next = startApp(options);
        restart = next.catch(() => {}); // told below
        current = await next;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    }
  }

  return {
    url: current.url,
    lost: watch(),
    async stop() {
      stopping = true;
      await restart; // one that is under way would otherwise be left behind
      await current.stop();
    },
  };
}
