/** A queue between callbacks and one reader. */
export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #reader: ((item: T) => void) | undefined;

  put(item: T): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#waiting.push(item);
    else reader(item);
  }

  take(): Promise<T> {
    const item = this.#waiting.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }
}
