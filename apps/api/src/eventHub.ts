/** A hint normally wakes the streams at once; this is how late they are when one was lost. */
const POLL_MS = 1_000;

/**
 * Wakes the event streams of a project. A wake-up says "look now" and may be for nothing. All of
 * them look at the same moments, so that one look at the database serves them all.
 */
export class EventHub {
  readonly #waiting = new Map<string, Set<() => void>>();
  #poll: NodeJS.Timeout | undefined;

  /** null: wake everybody, since hints may have been missed. */
  wake(projectId: string | null): void {
    const sets = projectId === null ? [...this.#waiting.values()] : [this.#waiting.get(projectId)];
    for (const set of sets) for (const resolve of [...(set ?? [])]) resolve();
  }

  /** Resolves when woken, after a second at the latest, or when `signal` aborts. */
  wait(projectId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const set = this.#waiting.get(projectId) ?? new Set();
      this.#waiting.set(projectId, set);
      const done = () => {
        signal.removeEventListener("abort", done);
        set.delete(done);
        if (set.size === 0 && this.#waiting.get(projectId) === set) this.#waiting.delete(projectId);
        resolve();
      };
      set.add(done);
      signal.addEventListener("abort", done);
      this.#poll ??= setTimeout(() => {
        this.#poll = undefined;
        this.wake(null);
      }, POLL_MS);
      this.#poll.unref();
      if (signal.aborted) done();
    });
  }
}
