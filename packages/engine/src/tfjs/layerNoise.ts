import { createUint32, STREAM } from "../random.js";

/**
 * What Dropout and GaussianNoise draw: numbers that depend on the run's seed, the update and the
 * layer alone, in the order in which an update's layers ask for them. They are those of the onnx
 * engine (network/random.ts there), except behind images, whose axes it has in another order.
 * @see Wellons, Prospecting for Hash Functions (2018), https://nullprogram.com/blog/2018/07/31/
 */
export class LayerNoise {
  readonly #seed: number;
  #nextKey: () => number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#nextKey = createUint32(seed, STREAM.layers, 0);
  }

  /** @param iterations updates made before. */
  startUpdate(iterations: number): void {
    this.#nextKey = createUint32(this.#seed, STREAM.layers, iterations);
  }

  /** 1 where a unit is kept, with probability 1 - rate, else 0; [size] */
  keep(size: number, rate: number): Float32Array {
    const highestDropped = Math.round(rate * 2 ** 32) - 1;
    return Float32Array.from(this.#draw(size), (value) => (value > highestDropped ? 1 : 0));
  }

  /** From N(0, 1), by Box and Muller; [size] */
  normal(size: number): Float32Array {
    const radii = this.#draw(size);
    const angles = this.#draw(size);
    return Float32Array.from(
      radii,
      (value, i) => Math.sqrt(-2 * Math.log(unit(value))) * Math.cos(2 * Math.PI * unit(angles[i])),
    );
  }

  /** A hash of each number's place and of two keys. */
  #draw(size: number): Uint32Array {
    const [first, second] = [this.#nextKey(), this.#nextKey()];
    const values = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      let value = (Math.imul(i, RAMP_STEP) + first) >>> 0;
      value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
      value = (value + second) >>> 0;
      values[i] = Math.imul(value ^ (value >>> 15), 0x846ca68b);
    }
    return values;
  }
}

/** Odd, near 2³² divided by the golden ratio: multiples of it lie far apart. */
const RAMP_STEP = 0x9e3779b9;

/** In (0, 1), of the 24 high bits: never 0, so that its logarithm is finite. */
const unit = (value = 0): number => ((value >>> 8) + 0.5) / 2 ** 24;
