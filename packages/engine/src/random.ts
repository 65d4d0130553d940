/**
 * Philox 4x32-10, a counter-based generator: draw i of a stream depends on the seed, the stream
 * and i alone, so nothing of it has to be saved for a run to go on exactly.
 * @see Salmon, Moraes, Dror & Shaw, Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011)
 */
export type Uint32x4 = readonly [number, number, number, number];

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  return (aHigh * bHigh + Math.floor(cross / 0x10000) + Math.floor(middle / 0x10000)) >>> 0;
}

export function philox(counter: Uint32x4, key: readonly [number, number]): Uint32x4 {
  let [a, b, c, d] = counter;
  let [keyA, keyB] = key;
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(0xd2511f53, a);
    const lowA = Math.imul(0xd2511f53, a) >>> 0;
    const highC = multiplyHigh(0xcd9e8d57, c);
    const lowC = Math.imul(0xcd9e8d57, c) >>> 0;
    [a, b, c, d] = [(highC ^ b ^ keyA) >>> 0, lowC, (highA ^ d ^ keyB) >>> 0, lowA];
    keyA = (keyA + 0x9e3779b9) >>> 0;
    keyB = (keyB + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** What a stream of random numbers is for; streams never overlap. Values are part of the checkpoint format. */
export const STREAM = {
  initialWeights: 1,
  epochOrder: 2,
  layers: 3,
  split: 16,
  augmentation: 17,
  mixing: 18,
  bootstrap: 32,
  reportSample: 33,
} as const;

/** Draws from [0, 2^32), one at a time, for purpose `stream` and its `index` (a tensor, an epoch). */
export function createUint32(seed: number, stream: number, index: number): () => number {
  let block = 0;
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = [...philox([block++, index, 0, 0], [seed >>> 0, stream])];
    return left.pop() ?? 0;
  };
}

/** Draws from [0, 1) with 53 random bits. */
export function createUniform(seed: number, stream: number, index: number): () => number {
  const next = createUint32(seed, stream, index);
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 2 ** 53;
}
