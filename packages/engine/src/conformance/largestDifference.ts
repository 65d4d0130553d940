import type { Tensor, Tensors } from "../tensor.js";

/** Largest distance of two lists' numbers in their order; NaN if there is one. */
export const largestDifference = (some: ArrayLike<number>, others: ArrayLike<number>): number =>
  Array.from(some).reduce((most, value, i) => {
    const difference = Math.abs(value - (others[i] ?? Number.NaN));
    return Math.max(difference, most);
  }, 0);

export const numbersOf = (tensors: Tensors, name: string): Float32Array =>
  (tensors.get(name) as Tensor).data;
