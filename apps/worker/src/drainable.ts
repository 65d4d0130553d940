import type { DrainRuns } from "@sweepyard/contract";
import type { Logger } from "pino";
import type { OwnedRuns } from "./ownedRuns.js";
import type { WatchedWorker } from "./watchedWorker.js";

/** Stops and starts the taking of runs as somebody asks; jobs of other queues go on. */
export class Drainable {
  readonly #deps: {
    readonly owned: OwnedRuns;
    readonly logger: Logger;
    /** Those that take runs. */
    readonly takers: readonly WatchedWorker[];
  };
  #now: DrainRuns | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: {
    readonly owned: OwnedRuns;
    readonly logger: Logger;
    readonly takers: readonly WatchedWorker[];
  }) {
    this.#deps = deps;
  }

  /** Does what was asked last, once. Never throws. */
  obey(asked: DrainRuns | null): Promise<void> {
    if (asked !== this.#now) {
      this.#now = asked;
      this.#last = this.#last.then(() => this.#change(asked));
    }
    return this.#last;
  }

  async #change(asked: DrainRuns | null): Promise<void> {
    const { owned, logger, takers } = this.#deps;
    if (asked === null) {
      logger.info({}, "takes runs again");
      owned.keepAll();
      for (const taker of takers) taker.takeAgain();
      return;
    }
    logger.info({ runs: asked }, "drained: takes no more runs");
    await Promise.all(takers.map((taker) => taker.rest()));
    if (asked === "hand_back") owned.handBackAll();
    else owned.keepAll();
  }
}
