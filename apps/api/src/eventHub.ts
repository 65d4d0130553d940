/** Wakes the event streams of a project. A wake-up says "look now" and may be for nothing. */
export class EventHub {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** null: wake everybody, since hints may have been missed. */
  wake(projectId: string | null): void {
    const sets = projectId === null ? [...this.#waiting.values()] : [this.#waiting.get(projectId)];
    for (const set of sets) for (const resolve of [...(set ?? [])]) resolve();
  }

  /** Resolves when woken, after `ms`, or when `signal` aborts. */
  wait(projectId: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const set = this.#waiting.get(projectId) ?? new Set();
      this.#waiting.set(projectId, set);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        set.delete(done);
        if (set.size === 0) this.#waiting.delete(projectId);
        resolve();
      };
      const timer = setTimeout(done, ms);
      set.add(done);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }
}
