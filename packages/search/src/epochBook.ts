import type { EpochLedger } from "@sweepyard/contract";

/** A run's way: trained so far, up to where it is promised, and in all; in epochs. */
export interface Leg {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** Promises the epochs of a budget to runs, in the order in which they come. */
export class EpochBook {
  #left: number;
  #toEnd: number;

  constructor({ left, toEnd }: EpochLedger) {
    this.#left = left;
    this.#toEnd = toEnd ?? Number.POSITIVE_INFINITY;
  }

  /** Epochs that nobody is promised, those kept back included. */
  get left(): number {
    return this.#left;
  }

  /** Of those, kept back for the run that is nearest to its end. */
  get keptBack(): number {
    return Number.isFinite(this.#toEnd) ? this.#toEnd : 0;
  }

  /**
   * Promises `runs` runs a leg each, all or none. Refused if no run could reach its end on what
   * would be left then: a sweep whose every run waits has nothing to show for its epochs.
   */
  promise({ from, to, steps }: Leg, runs = 1): boolean {
    const left = this.#left - runs * (to - from);
    const toEnd = Math.min(this.#toEnd, steps - to);
    if (left < toEnd) return false;
    this.#left = left;
    this.#toEnd = toEnd;
    return true;
  }
}
