import { EPOCH_METRICS } from "@sweepyard/contract";
import { formatFigure } from "./figures.js";

/** How the training went, after what it reached. */
const LAST = ["learning_rate", "epoch_seconds", "samples_per_second", "model_bytes"];

/**
 * Metrics as Keras prints them: loss, accuracy, val_loss, val_accuracy, then a trainer's own, and at
 * the end rate and pace. The server stores them without an order.
 */
export function metricsText(
  metrics: Readonly<Record<string, number | null>>,
  separator: string,
): string {
  return Object.entries(metrics)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([name, value]) => `${name} ${formatFigure(value)}`)
    .join(separator);
}

function placeOf(name: string): number {
  const measured = (EPOCH_METRICS as readonly string[]).indexOf(name);
  if (measured >= 0) return measured;
  return EPOCH_METRICS.length + 1 + LAST.indexOf(name); // a trainer's own have -1: before the last
}
