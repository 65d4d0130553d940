const BYTES_KEPT = 64 * 1_024;

/** The end of what a trainer or program has said, cut at whole lines. */
export class LogTail {
  #lines: string[] = [];
  #length = 0;
  #isCut = false;
  #isNew = false;

  add(line: string): void {
    const text = line.replaceAll("\0", ""); // which Postgres' text has not
    this.#lines.push(text);
    this.#length += text.length + 1;
    while (this.#length > BYTES_KEPT && this.#lines.length > 1) {
      this.#length -= (this.#lines.shift()?.length ?? 0) + 1;
      this.#isCut = true;
    }
    this.#isNew = true;
  }

  get last(): string {
    return this.#lines.findLast((line) => line.trim() !== "") ?? "";
  }

  /** The text, if it has grown since the last call. */
  news(): string | null {
    if (!this.#isNew) return null;
    this.#isNew = false;
    return (this.#isCut ? "…\n" : "") + this.#lines.join("\n");
  }
}
