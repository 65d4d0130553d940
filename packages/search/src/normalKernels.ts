import type { NumericAxis } from "./parzenAxis.js";

/** Means and deviations of an axis' kernels, [observations + 1]; the last one is the prior. */
export interface NormalKernels {
  readonly mus: Float64Array;
  readonly sigmas: Float64Array;
}

export interface KernelOptions {
  /** See toNormalKernels. */
  readonly magicClip?: boolean;
  readonly endpoints?: boolean;
}

/**
 * A kernel is as wide as the larger gap to its neighbours, the axis' ends being neighbours only
 * of a lone observation (`endpoints`: always), but at least the range / min(100, observations + 2)
 * (without `magicClip`: wider than nothing). Equal observations are neighbours in their order.
 */
export function toNormalKernels(
  axis: NumericAxis,
  codes: Float64Array,
  { magicClip = true, endpoints = false }: KernelOptions = {},
): NormalKernels {
  const { low, high } = axis;
  const count = codes.length;
  const mus = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) mus[index] = axis.toAxis(codes[index] ?? 0);
  mus[count] = 0.5 * (low + high);
  const range = high - low;
  const parts = Math.min(100, count + 2);
  const narrowest = magicClip ? range / parts : range * LEAST_SIGMA;
  const sigmas = new Float64Array(count + 1).fill(Math.min(range, narrowest));
  sigmas[count] = range;
  const widen = (index: number, gap: number) => {
    if (gap > narrowest) sigmas[index] = Math.min(range, Math.max(gap, sigmas[index] ?? 0));
  };
  const chain = magicClip ? outermost(mus, axis, 2 * parts) : inOrder(mus);
  for (let rank = 0; rank < chain.length; rank++) {
    const index = chain[rank] ?? 0;
    const mu = mus[index] ?? 0;
    const isFirst = rank === 0;
    const isLast = rank === chain.length - 1;
    if (!isFirst) widen(index, mu - (mus[chain[rank - 1] ?? 0] ?? 0));
    else if (endpoints || count === 1) widen(index, mu - low);
    if (!isLast) widen(index, (mus[chain[rank + 1] ?? 0] ?? 0) - mu);
    else if (endpoints || count === 1) widen(index, high - mu);
  }
  return { mus, sigmas };
}

/** Of the range: equal observations would have kernels of no width. */
const LEAST_SIGMA = 1e-12;

/** Indices of the observations, lowest first. */
const inOrder = (mus: Float64Array): number[] =>
  Array.from({ length: mus.length - 1 }, (_, index) => index).sort(
    (a, b) => (mus[a] ?? 0) - (mus[b] ?? 0),
  );

/**
 * Indices of the lowest and the highest observation in each of `parts` equal parts of the axis,
 * lowest first. Any gap that is wider than a part lies between two that follow each other here, so
 * a long history need not be sorted: that took a third of an ask.
 */
function outermost(mus: Float64Array, { low, high }: NumericAxis, parts: number): number[] {
  const count = mus.length - 1;
  const scale = parts / (high - low);
  const lowest = new Int32Array(parts).fill(-1);
  const highest = new Int32Array(parts);
  for (let index = 0; index < count; index++) {
    const mu = mus[index] ?? 0;
    const part = Math.max(0, Math.min(parts - 1, Math.floor((mu - low) * scale)));
    const first = lowest[part] ?? -1;
    if (first < 0) {
      lowest[part] = index;
      highest[part] = index;
      continue;
    }
    // Of equals the first one is the lowest, the last one the highest.
    if (mu < (mus[first] ?? 0)) lowest[part] = index;
    if (mu >= (mus[highest[part] ?? 0] ?? 0)) highest[part] = index;
  }
  const chain: number[] = [];
  for (let part = 0; part < parts; part++) {
    const first = lowest[part] ?? -1;
    const last = highest[part] ?? 0;
    if (first < 0) continue;
    chain.push(first);
    if (last !== first) chain.push(last);
  }
  return chain;
}
