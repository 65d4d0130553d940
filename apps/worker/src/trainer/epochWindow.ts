/** Epochs that may be reported and not yet stored. */
const EPOCHS_AHEAD = 4;

/**
 * Holds a trainer back when the database is slower than its epochs, so that neither messages nor
 * checkpoint files pile up.
 */
export class EpochWindow {
  #reported = 0;
  #stored = 0;
  #wake: (() => void) | undefined;

  report(epoch: number): void {
    if (this.#reported === 0) this.#stored = epoch - 1;
    this.#reported = epoch;
  }

  acknowledge(epoch: number): void {
    this.#stored = Math.max(this.#stored, epoch);
    this.#wake?.();
  }

  /** Resolves when another epoch may be reported. @throws `signal.reason` when it aborts first. */
  async room(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener("abort", wake);
    try {
      while (this.#reported - this.#stored >= EPOCHS_AHEAD) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }
}
