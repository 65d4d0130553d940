import type { StepRow } from "./programOutput.js";

const ROWS_AT_ONCE = 1_000;

/**
 * Sends a program's steps in batches, the next one once the last is stored: a database that is
 * slower than the program holds it back.
 */
export class StepSender {
  readonly #send: (rows: StepRow[]) => void;
  #rows: StepRow[] = [];
  #isUnderWay = false;
  #isReleased = false;
  readonly #waiting: (() => void)[] = [];

  constructor(send: (rows: StepRow[]) => void) {
    this.#send = send;
  }

  /** Resolves once there is room for more. */
  async add(row: StepRow): Promise<void> {
    this.#rows.push(row);
    this.#next();
    while (this.#rows.length >= ROWS_AT_ONCE) await this.#change();
  }

  /** The last batch is stored. */
  acknowledge(): void {
    this.#isUnderWay = false;
    this.#next();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Nobody may answer any more: all that is left is sent at once. */
  release(): void {
    this.#isReleased = true;
    this.acknowledge();
  }

  /** Resolves once all is stored. */
  async drained(): Promise<void> {
    while (!this.#isReleased && (this.#isUnderWay || this.#rows.length > 0)) await this.#change();
  }

  #next(): void {
    if (this.#rows.length === 0 || (this.#isUnderWay && !this.#isReleased)) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#isUnderWay = true;
    this.#send(rows);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
