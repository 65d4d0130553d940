import type { PredictAnswer } from "@sweepyard/contract";

/** @param probabilities [images, classes] */
export function rankClasses(
  probabilities: Float32Array,
  classNames: readonly string[],
  topK: number,
): PredictAnswer["predictions"] {
  const classes = classNames.length;
  return Array.from({ length: probabilities.length / classes }, (_, image) =>
    classNames
      .map((name, label) => ({
        label,
        name,
        probability: probabilities[image * classes + label] ?? 0,
      }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, topK),
  );
}
