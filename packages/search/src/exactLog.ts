/** Fixed point with 128 binary places: far more than the 53 of a double. */
const PLACES = 128n;
const ONE = 1n << PLACES;

/**
 * The natural logarithm of a positive integer below 2^53, rounded to the nearest double. V8's
 * Math.log is off by one in the last place for some integers, 243 among them, and then
 * floor(log a / log b) differs from that of C libraries, which Optuna's answers rest on.
 */
export function exactLog(integer: number): number {
  const exponent = Math.floor(Math.log2(integer));
  // integer = 2^exponent · m with m in [1, 2], or a hair outside: the series does not mind.
  const mantissa = (BigInt(integer) << PLACES) >> BigInt(exponent);
  const sum = BigInt(exponent) * lnOf(2n * ONE) + lnOf(mantissa);
  return toDouble(sum);
}

/** ln m = 2 atanh((m - 1) / (m + 1)), by its power series. */
function lnOf(m: bigint): bigint {
  const ratio = ((m - ONE) << PLACES) / (m + ONE);
  const square = (ratio * ratio) >> PLACES;
  let power = ratio;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += power / odd;
    power = (power * square) / ONE; // towards 0 below 0 too, which >> would never reach
  }
  return 2n * sum;
}

/** BigInt to double rounds to nearest; what is cut off first is 11 digits below the last place. */
const toDouble = (fixed: bigint): number => Number(fixed) / 2 ** Number(PLACES);
