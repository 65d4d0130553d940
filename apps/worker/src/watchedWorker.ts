import type { QueueName } from "@sweepyard/contract";
import type { Queues, QueueWorker } from "@sweepyard/queue";
import type { Logger } from "pino";

export interface WatchedWorkerOptions {
  readonly queue: QueueName;
  readonly concurrency: number;
  readonly queues: Pick<Queues, "takeable">;
  readonly logger: Logger;
  start(): QueueWorker;
}

interface Look {
  readonly at: number;
  readonly worker: QueueWorker;
  readonly taken: number;
  /** Jobs that it could have taken at once. */
  readonly waiting: number;
}

/** A worker that is replaced finishes what it is at, however long that takes. */
const AT_LEISURE_MS = 24 * 3_600_000;

/**
 * Takes the jobs of a queue, and notices when it takes none: a connection on which Redis' answers
 * never come, say, while heartbeats go on elsewhere and the process looks well. With room for jobs,
 * jobs that wait, and none taken from one look to the next, it is in trouble: it says so, and takes
 * jobs over new connections. So is one with room that Redis tells nothing at two looks; connections
 * that are gone are made anew without its doing.
 */
export class WatchedWorker {
  readonly #options: WatchedWorkerOptions;
  #worker: QueueWorker;
  readonly #replaced = new Set<QueueWorker>();
  #last: Look | null = null;
  /** It takes nothing, in words. */
  #idle: string | null = null;
  /** The queue does not answer, in words; and at how many looks in a row it has not. */
  #away: string | null = null;
  #unanswered = 0;
  #isResting = false;

  constructor(options: WatchedWorkerOptions) {
    this.#options = options;
    this.#worker = options.start();
  }

  /**
   * Why it does not work, in words; null while it does. It clears with the next job it takes, or
   * the queue's next answer.
   */
  get trouble(): string | null {
    return this.#away ?? this.#idle;
  }

  /** To be called every few seconds, at no shorter interval than a job takes to be taken. */
  async look(): Promise<void> {
    const { queue, concurrency, logger } = this.#options;
    if (this.#isResting) return;
    const worker = this.#worker;
    const waiting = worker.atWork < concurrency ? await this.#takeable() : 0;
    if (waiting === null) return;
    const look = { at: performance.now(), worker, taken: worker.taken, waiting };
    const last = this.#last;
    this.#last = look;
    if (last === null || last.worker !== worker) return;
    if (worker.taken > last.taken) this.#idle = null;
    else if (waiting > 0 && last.waiting > 0) {
      const seconds = Math.round((look.at - last.at) / 1000);
      this.#idle = `took none of ${waiting} jobs that wait in ${seconds} s`;
      logger.error({ queue, waiting, seconds }, "takes no jobs; starting anew");
      this.#replace(worker);
    }
  }

  /** Null if the queue does not answer. */
  async #takeable(): Promise<number | null> {
    const { queue, queues } = this.#options;
    try {
      const waiting = await queues.takeable(queue);
      this.#unanswered = 0;
      this.#away = null;
      return waiting;
    } catch (error) {
      this.#unanswered += 1;
      this.#last = null;
      if (this.#unanswered > 1 && !this.#isResting)
        this.#away = error instanceof Error ? error.message : String(error);
      return null;
    }
  }

  #replace(worker: QueueWorker): void {
    this.#replaced.add(worker);
    this.#worker = this.#options.start();
    void worker.close(AT_LEISURE_MS).finally(() => this.#replaced.delete(worker));
  }

  /** Takes no more jobs until `takeAgain`; those at work go on. */
  async rest(): Promise<void> {
    this.#isResting = true;
    this.#last = null;
    this.#idle = null;
    this.#away = null;
    await this.stopTaking();
  }

  takeAgain(): void {
    if (!this.#isResting) return;
    this.#isResting = false;
    this.#replace(this.#worker);
  }

  async stopTaking(): Promise<void> {
    await Promise.all([this.#worker, ...this.#replaced].map((worker) => worker.stopTaking()));
  }

  async close(deadlineMs: number): Promise<void> {
    await Promise.all([this.#worker, ...this.#replaced].map((worker) => worker.close(deadlineMs)));
  }
}
