import type { Direction, MetricRow } from "@sweepyard/contract";

/** The epoch at which a metric was best, the first of equals; null while it has no finite value. */
export function bestEpoch(
  rows: readonly MetricRow[],
  metric: string,
  direction: Direction,
): { readonly step: number; readonly value: number } | null {
  let best: { step: number; value: number } | null = null;
  for (const { step, values } of rows) {
    const value = values[metric];
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (best === null || (direction === "maximize" ? value > best.value : value < best.value))
      best = { step, value };
  }
  return best;
}
