import { philox, type Uint32x4 } from "../random.js";

/**
 * Random numbers of one row (or batch) in one epoch, by place: number `at` of them depends on the
 * seed, the stream, the epoch, the row and `at` alone, not on what else was drawn.
 */
export class Draws {
  readonly #key: readonly [number, number];
  readonly #epoch: number;
  readonly #row: number;
  #block: Uint32x4 = [0, 0, 0, 0];
  #blockNumber = -1;

  constructor(seed: number, stream: number, epoch: number, row: number) {
    this.#key = [seed >>> 0, stream];
    this.#epoch = epoch;
    this.#row = row;
  }

  /** From [0, 1), in steps of 2^-32. */
  unit(at: number): number {
    const block = at >>> 2;
    if (block !== this.#blockNumber) {
      this.#block = philox([block, this.#row, this.#epoch, 0], this.#key);
      this.#blockNumber = block;
    }
    return (this.#block[at & 3] as number) / 2 ** 32;
  }

  /** From [low, high). */
  between(at: number, low: number, high: number): number {
    return low + (high - low) * this.unit(at);
  }
}
