import type { Estimate, PredictAnswer, Prediction } from "@sweepyard/contract";

/**
 * A model's outputs as the server names them: classes most probable first, of equals the lower label;
 * labels and targets in their order.
 */
export function nameOutputs(
  task: PredictAnswer["task"],
  outputs: Float32Array,
  nameOf: (label: number) => string,
): (Prediction | Estimate)[] {
  if (task === "regression")
    return [...outputs].map((value, label) => ({ label, name: nameOf(label), value }));
  const named = [...outputs].map((probability, label) => ({
    label,
    name: nameOf(label),
    probability,
  }));
  return task === "multi_label" ? named : named.sort((a, b) => b.probability - a.probability);
}
