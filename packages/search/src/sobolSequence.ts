import { SOBOL_DIRECTIONS } from "./sobolDirections.js";
import { hash3 } from "./uniform.js";

const BITS = 32;

/** Dimensions for which there are direction numbers. */
export const SOBOL_DIMENSIONS = 256;

/** [dimension][bit], as unsigned 32-bit fractions. */
let directions: Uint32Array[] | undefined;

/**
 * Coordinate `dimension` of point `index` of the Sobol sequence in Gray code order (Antonov &
 * Saleev, 1979), as an unsigned 32-bit fraction. Point 0 is zero in every dimension. The order
 * is that of SciPy's qmc.Sobol.
 * @param index 0 to 2^32 - 1
 * @param dimension 0 to SOBOL_DIMENSIONS - 1
 */
export function sobolFraction(index: number, dimension: number): number {
  directions ??= toDirections(SOBOL_DIRECTIONS);
  const columns = directions[dimension] ?? new Uint32Array(BITS);
  let fraction = 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++)
    if (gray & 1) fraction ^= columns[bit] ?? 0;
  return fraction >>> 0;
}

/**
 * Owen's nested uniform scrambling by hashing: keeps the sequence's balance in every dyadic box
 * and makes each point uniform on its own.
 * @see Burley, "Practical hash-based Owen scrambling", JCGT 9 (2020), with Vegdahl's constants
 */
export function owenScramble(fraction: number, seed: number): number {
  let x = reverseBits(fraction);
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + seed) >>> 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reverseBits(x);
}

/** A coordinate in [0, 1); scrambled unless `seed` is null. */
export function sobolUnit(index: number, dimension: number, seed: number | null): number {
  const fraction = sobolFraction(index, dimension);
  const key = seed === null ? 0 : hash3(seed, dimension, 0x50b01);
  return (seed === null ? fraction : owenScramble(fraction, key)) / 4_294_967_296;
}

function toDirections(table: string): Uint32Array[] {
  const first = new Uint32Array(BITS);
  for (let bit = 0; bit < BITS; bit++) first[bit] = 2 ** (BITS - 1 - bit);
  return [first, ...table.split("\n").map((line) => toColumns(line.split(" ").map(Number)))];
}

/** Bratley & Fox's recurrence (ACM TOMS Algorithm 659, 1988). */
function toColumns([polynomial = 1, ...initial]: number[]): Uint32Array {
  const degree = initial.length;
  const columns = new Uint32Array(BITS);
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      columns[bit] = (initial[bit] ?? 0) * 2 ** (BITS - 1 - bit);
      continue;
    }
    let column = (columns[bit - degree] ?? 0) ^ ((columns[bit - degree] ?? 0) >>> degree);
    for (let k = 1; k < degree; k++)
      if ((polynomial >>> (degree - k)) & 1) column ^= columns[bit - k] ?? 0;
    columns[bit] = column;
  }
  return columns;
}

function reverseBits(value: number): number {
  let x = value;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}
