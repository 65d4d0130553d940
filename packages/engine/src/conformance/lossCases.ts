import type { DatasetTask } from "../dataset.js";

/** A loss on the outputs of an activation. */
export interface LossCase {
  readonly loss: Readonly<Record<string, unknown>>;
  readonly task: DatasetTask;
  readonly end: string;
  readonly soft?: boolean;
  readonly weighted?: boolean;
  readonly outputs?: number;
}

export const LOSSES: readonly LossCase[] = [
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "softmax" },
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "softplus" },
  { loss: { name: "categorical_crossentropy" }, task: "classification", end: "sigmoid" },
  {
    loss: { name: "categorical_crossentropy", from_logits: true, label_smoothing: 0.2 },
    task: "classification",
    end: "linear",
    weighted: true,
  },
  {
    loss: { name: "categorical_crossentropy", label_smoothing: 0.1 },
    task: "classification",
    end: "softmax",
    soft: true,
    weighted: true,
  },
  { loss: { name: "sparse_categorical_crossentropy" }, task: "classification", end: "softmax" },
  { loss: { name: "sparse_categorical_crossentropy" }, task: "classification", end: "softplus" },
  { loss: { name: "sparse_categorical_crossentropy" }, task: "classification", end: "sigmoid" },
  {
    loss: { name: "binary_crossentropy" },
    task: "classification",
    end: "sigmoid",
    outputs: 2,
    weighted: true,
  },
  { loss: { name: "binary_crossentropy" }, task: "classification", end: "sigmoid" },
  {
    loss: { name: "binary_crossentropy", label_smoothing: 0.3 },
    task: "multi_label",
    end: "sigmoid",
    soft: true,
  },
  {
    loss: { name: "binary_crossentropy", from_logits: true },
    task: "multi_label",
    end: "linear",
    soft: true,
  },
  { loss: { name: "mean_squared_error" }, task: "regression", end: "linear", weighted: true },
  { loss: { name: "mean_squared_error" }, task: "classification", end: "softmax" },
  { loss: { name: "mean_absolute_error" }, task: "regression", end: "tanh" },
  { loss: { name: "huber", delta: 0.4 }, task: "regression", end: "linear", weighted: true },
];
