import { type Axis, linearAxis } from "./axis.js";
import { quantile } from "./quantile.js";

/** The objective's axis and what it leaves out. */
export interface ObjectiveAxis extends Axis {
  /** A value's place, moved to the edge where it lies beyond. */
  readonly clip: (value: number) => number;
}

/**
 * Fitted to the middle and the best: the worst values may lie beyond, and are drawn at the edge.
 * `full` shows all. Null while no value is finite.
 */
export function objectiveAxis(
  metric: string,
  values: Float64Array,
  { maximize, full }: { readonly maximize: boolean; readonly full: boolean },
): ObjectiveAxis | null {
  const sorted = values.filter(Number.isFinite).sort();
  const min = sorted[0];
  const max = sorted[sorted.length - 1];
  if (min === undefined || max === undefined) return null;
  let [low, high] = [min, max];
  if (!full && sorted.length >= 5) {
    const q1 = quantile(sorted, 0.25) ?? min;
    const q3 = quantile(sorted, 0.75) ?? max;
    const reach = 2 * (q3 - q1); // Tukey's fence is 1.5; a search has a longer bad tail
    if (maximize) low = Math.max(min, q1 - reach);
    else high = Math.min(max, q3 + reach);
  }
  const axis = linearAxis(metric, low, high);
  return { ...axis, clip: (value) => Math.min(axis.max, Math.max(axis.min, value)) };
}
