/** Something that runs until it is stopped, or ends by itself. */
export interface Running {
  /** Settles when it has ended: how, in words. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface Kept<Part extends Running> {
  /** As it was started at first. Later ones are to be reached where this one is. */
  readonly first: Part;
  /** Settles when it cannot be kept running: why, in words. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

const MOST_RESTARTS = 5;
const WITHIN_MS = 60_000;

/**
 * Starts a part of the system, and starts it again when it dies. What it held is stored: a run goes
 * on from its last checkpoint in the next worker, Postgres and Redis have kept what they confirmed.
 * Dying again and again is a fault that starting does not cure.
 * @param name for a person, such as "the API"
 * @param start gets the one that was started first, to take its place; at first null
 * @throws what the first start throws
 */
export async function keepRunning<Part extends Running>(
  name: string,
  start: (first: Part | null) => Promise<Part>,
  say: (line: string) => void,
): Promise<Kept<Part>> {
  const first = await start(null);
  let current = first;
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
        return `${name} died ${MOST_RESTARTS + 1} times within a minute (${how})`;
      say(`${name} died (${how}); starting it again`);
      try {
        const next = start(first);
        restart = next.catch(() => {}); // told below
        current = await next;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    }
  }

  return {
    first,
    lost: watch(),
    async stop() {
      stopping = true;
      await restart; // one that is under way would otherwise be left behind
      await current.stop();
    },
  };
}
