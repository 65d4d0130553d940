/** Nearest-rank percentile; NaN of nothing. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

/** `12.3 ms`, right-aligned. */
export const milliseconds = (value: number): string => `${value.toFixed(1)} ms`.padStart(11);
