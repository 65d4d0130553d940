import type { Prediction } from "@sweepyard/contract";

/** Probabilities by label as predictions, most probable first, of equals the lower label. */
export const rankClasses = (
  probabilities: Float32Array,
  nameOf: (label: number) => string,
): Prediction[] =>
  [...probabilities]
    .map((probability, label) => ({ label, name: nameOf(label), probability }))
    .sort((a, b) => b.probability - a.probability);
