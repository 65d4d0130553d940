import { type Db, type OwnedRun as RunAttempt, recordLog } from "@sweepyard/db";
import type { Logger } from "pino";
import { LogTail } from "./logTail.js";

const STORE_MS = 2_000;

/** What an attempt has to tell a person, line by line; its end is kept with the attempt. */
export class AttemptLog {
  readonly #tail = new LogTail();
  readonly #store: (text: string) => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #storing: Promise<void> = Promise.resolve();

  constructor(deps: { readonly db: Db; readonly logger: Logger }, run: RunAttempt) {
    this.#store = (text) =>
      recordLog(deps.db, run, text).catch((error: unknown) => {
        deps.logger.warn({ error: String(error) }, "the end of an attempt's log was not kept");
      });
    this.#timer = setInterval(() => this.#flush(), STORE_MS);
  }

  /** A line of the worker's own, with the time. */
  note(text: string): void {
    this.line(`${new Date().toISOString().slice(0, 19)}Z ${text}`);
  }

  /** A line as it was printed. */
  line(text: string): void {
    this.#tail.add(text);
  }

  /** Stores what is new, and nothing after that: to be called before the attempt's end is. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#storing;
  }

  /** One after the other: an older text must not come after a newer one. */
  #flush(): void {
    const text = this.#tail.news();
    if (text !== null) this.#storing = this.#storing.then(() => this.#store(text));
  }
}
