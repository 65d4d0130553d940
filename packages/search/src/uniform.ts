/** Finaliser of MurmurHash3 (Appleby, 2011): a bijection of 32-bit integers that mixes well. */
function fmix32(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const GOLDEN = 0x9e3779b9; // 2^32 divided by the golden ratio

/** Hash of three unsigned 32-bit integers to one; larger arguments count modulo 2^32. */
export function hash3(a: number, b: number, c: number): number {
  let h = fmix32(a + GOLDEN);
  h = fmix32((h ^ b) + GOLDEN);
  return fmix32((h ^ c) + GOLDEN);
}

/** A number strictly between 0 and 1 with 32 bits, a pure function of its three arguments. */
export const u01 = (a: number, b: number, c: number): number =>
  (hash3(a, b, c) + 0.5) / 4_294_967_296;

/**
 * A counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011):
 * draw k is a hash of (seed, stream, k), so streams need no shared state and no jumping ahead.
 * Each call draws from [0, 1) with 53 bits. Not for secrets.
 *
 * @param seed integer from 0 to 2^32 - 1
 * @param stream such as the number of a run: streams of one seed are independent of each other
 */
export function createUniform(seed: number, stream = 0): () => number {
  let counter = 0;
  return () => {
    const high = hash3(seed, stream, counter) >>> 5; // 27 bits
    const low = hash3(stream, seed, counter ^ GOLDEN) >>> 6; // 26 bits
    counter++;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  };
}
