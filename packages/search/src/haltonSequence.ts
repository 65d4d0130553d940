import { hash3, u01 } from "./uniform.js";

/** Dimensions for which there is a base. */
export const HALTON_DIMENSIONS = 256;

let primes: readonly number[] | undefined;

/**
 * Coordinate `dimension` of point `index` of the Halton sequence: the digits of the index in the
 * dimension's prime, mirrored at the point. With a seed each digit goes through a random
 * permutation of its own, which breaks the correlation between large bases and makes each point
 * uniform.
 * @param index 0 to 2^32 - 1
 * @param dimension 0 to HALTON_DIMENSIONS - 1
 * @returns in [0, 1)
 * @see Owen, "A randomized Halton algorithm in R" (2017)
 */
export function haltonUnit(index: number, dimension: number, seed: number | null): number {
  primes ??= firstPrimes(HALTON_DIMENSIONS);
  const base = primes[dimension] ?? 2;
  let unit = 0;
  let scale = 1;
  // Permuted zeros count too, so that scrambled points go on to the end of a double's digits.
  for (let rest = index, place = 0; seed === null ? rest > 0 : scale > 2 ** -53; place++) {
    const digit = rest % base;
    rest = (rest - digit) / base;
    scale /= base;
    unit += scale * (seed === null ? digit : permuted(digit, base, hash3(seed, dimension, place)));
  }
  return Math.min(unit, 1 - 2 ** -53);
}

/** Where a random permutation of 0 … length - 1 moves `digit`. */
function permuted(digit: number, length: number, seed: number): number {
  let order = permutations.get(seed * 65_536 + length);
  if (order === undefined) {
    order = shuffled(length, seed);
    if (permutations.size > 20_000) permutations.clear();
    permutations.set(seed * 65_536 + length, order);
  }
  return order[digit] ?? 0;
}

/** The same few permutations are asked for by every point. */
const permutations = new Map<number, Uint16Array>();

function shuffled(length: number, seed: number): Uint16Array {
  const order = Uint16Array.from({ length }, (_, position) => position);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(u01(seed, last, 0x4a170) * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
}
