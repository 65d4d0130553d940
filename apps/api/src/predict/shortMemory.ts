interface Remembered<V> {
  readonly answer: Promise<V>;
  readonly until: number;
}

export interface ShortMemoryOptions {
  /** How long an answer counts. */
  readonly ms: number;
  /** Answers kept; the oldest goes first. */
  readonly most?: number;
}

/**
 * Remembers answers for a short time, and asks once for all who ask meanwhile. What fails is asked
 * anew by the next.
 */
export class ShortMemory<V> {
  readonly #ms: number;
  readonly #most: number;
  readonly #answers = new Map<string, Remembered<V>>();

  constructor({ ms, most = 1000 }: ShortMemoryOptions) {
    this.#ms = ms;
    this.#most = most;
  }

  get(key: string, ask: () => Promise<V>): Promise<V> {
    const known = this.#answers.get(key);
    if (known !== undefined && performance.now() < known.until) return known.answer;
    const answer = ask();
    const remembered = { answer, until: performance.now() + this.#ms };
    this.#answers.delete(key);
    this.#answers.set(key, remembered);
    answer.catch(() => {
      if (this.#answers.get(key) === remembered) this.#answers.delete(key);
    });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }

  clear(): void {
    this.#answers.clear();
  }
}
