import type { Estimate, PredictAnswer, Prediction } from "@sweepyard/contract";
import type { Predicted } from "./predictor.js";

/**
 * What a model's outputs say, by name: a classification's `topK` most probable classes, every label's
 * probability, or every target's value.
 */
export function nameOutputs({ version, model, outputs }: Predicted, topK: number): PredictAnswer {
  const answer = { model: version.model, version: version.version };
  const { task, classNames } = model;
  const rows = outputs.length / classNames.length;
  const named = <T>(name: (row: number) => T): T[] =>
    Array.from({ length: rows }, (_, row) => name(row));
  const predictionsOf = (row: number): Prediction[] =>
    classNames.map((name, label) => ({
      label,
      name,
      probability: outputs[row * classNames.length + label] ?? 0,
    }));
  switch (task) {
    case "classification":
      return {
        ...answer,
        task,
        predictions: named((row) =>
          predictionsOf(row)
            .sort((a, b) => b.probability - a.probability)
            .slice(0, topK),
        ),
      };
    case "multi_label":
      return { ...answer, task, predictions: named(predictionsOf) };
    case "regression":
      return {
        ...answer,
        task,
        predictions: named((row): Estimate[] =>
          predictionsOf(row).map(({ probability, ...of }) => ({ ...of, value: probability })),
        ),
      };
  }
}
