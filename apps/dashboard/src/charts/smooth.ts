/**
 * An exponential moving average without the bias of its start (Kingma & Ba 2015, §3): each value is
 * the weighted mean of those up to it, the weight falling by `weight` with each step back.
 * Gaps stay gaps and count nowhere. @param weight 0, nothing is smoothed, to below 1.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let mass = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = sum * weight + value;
    mass = mass * weight + 1;
    return sum / mass;
  });
}
