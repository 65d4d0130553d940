import { type TrainerOptions, TrainerSlot } from "./trainerSlot.js";

/** The slots of a worker: each one trainer process, one run at a time. */
export class TrainerPool {
  readonly slots: readonly TrainerSlot[];
  readonly #taken = new Set<TrainerSlot>();
  readonly #waiting: ((slot: TrainerSlot) => void)[] = [];

  constructor(count: number, options: TrainerOptions) {
    this.slots = Array.from(
      { length: count },
      (_, slot) => new TrainerSlot(slot, options, () => this.#serve()),
    );
  }

  /** A slot that is ready for a run; give it back with `release`. @throws `signal.reason` */
  async acquire(signal: AbortSignal): Promise<TrainerSlot> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const take = (slot: TrainerSlot) => {
        signal.removeEventListener("abort", onAbort);
        resolve(slot);
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(take);
      this.#serve();
    });
  }

  release(slot: TrainerSlot): void {
    this.#taken.delete(slot);
    this.#serve();
  }

  /** Ends all trainers, by force after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.close(deadlineMs)));
  }

  #serve(): void {
    for (const slot of this.slots ?? []) {
      if (this.#waiting.length === 0) return;
      if (!slot.free || this.#taken.has(slot)) continue;
      this.#taken.add(slot);
      this.#waiting.shift()?.(slot);
    }
  }
}
