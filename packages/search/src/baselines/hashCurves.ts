import { u01 } from "../uniform.js";

/**
 * Learning curves that a 32-bit hash draws: only + - * / on doubles, summed from left to right,
 * so that every implementation gets the same bits.
 */

/** Unit variance, no transcendental function: a sum of four uniforms. */
export function gauss4(a: number, b: number, c: number): number {
  const k = 1000 + 4 * c;
  const sum = u01(a, b, k) + u01(a, b, k + 1) + u01(a, b, k + 2) + u01(a, b, k + 3);
  return (sum - 2) * 1.7320508075688772;
}

/** One curve without noise: the family `lc`. */
export function lcClean(seed: number, trial: number): (step: number) => number {
  const [u0, u1, u2] = [u01(seed, trial, 0), u01(seed, trial, 1), u01(seed, trial, 2)];
  const end = 0.05 + 0.45 * u0 * u0;
  const half = 1 + 29 * u1;
  const start = 0.85 + 0.3 * u2;
  return (step) => end + ((start - end) * half) / (half + (step + 1));
}

export const lcValue = (seed: number, trial: number, step: number): number =>
  lcClean(seed, trial)(step) + 0.01 * gauss4(seed, trial, step);

/** What trial `trial` makes of one instance of a problem: for pruners that compare pairs. */
export const instanceValue = (seed: number, trial: number, instance: number): number =>
  u01(seed, trial, 0) + 2 * u01(seed, 0, 3000 + instance) + 0.3 * gauss4(seed, trial, instance);

/** The instances in the order in which a trial meets them. */
export function instanceOrder(seed: number, trial: number, instances: number): number[] {
  const order = Array.from({ length: instances }, (_, index) => index);
  for (let j = instances - 1; j >= 1; j--) {
    const k = Math.floor(u01(seed, trial, 500 + j) * (j + 1));
    [order[j], order[k]] = [order[k] ?? 0, order[j] ?? 0];
  }
  return order;
}
