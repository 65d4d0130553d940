import type { Tensor, Tensors } from "../tensor.js";

/** A case of figures recorded from Keras and its like, as one JSON file; `kind` says what of. */
export interface GoldenCase {
  readonly kind: string;
  readonly name: string;
}

export interface GoldenTensor {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The cases that run a model: kinds `train`, `fit` and `infer`. */
export interface ModelCase extends GoldenCase {
  readonly model: { readonly config: { readonly layers: readonly KerasConfig[] } };
  readonly optimizer?: Readonly<Record<string, unknown>>;
  readonly loss: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly data: {
    readonly x: GoldenTensor;
    readonly y: GoldenTensor;
    readonly class_weight?: Readonly<Record<string, number>>;
    readonly sample_weight?: GoldenTensor;
  };
  readonly batches?: readonly (readonly number[])[];
  readonly fit?: {
    readonly batch_size: number;
    readonly epochs: number;
    readonly validation_split?: number;
    readonly shuffle: boolean;
    readonly callbacks?: readonly KerasConfig[];
  };
  readonly initial_weights: readonly GoldenTensor[];
  readonly predict_x: GoldenTensor;
  readonly evaluate_batch_size: number;
  readonly expected: ModelExpectation;
}

export interface ModelExpectation {
  readonly loss?: readonly number[];
  readonly accuracy?: readonly number[];
  readonly binary_accuracy?: readonly number[];
  readonly mean_absolute_error?: readonly number[];
  readonly learning_rate?: readonly number[];
  readonly history?: Readonly<Record<string, readonly number[]>>;
  readonly epochs_run?: number;
  /** From 0. */
  readonly stopped_epoch?: number;
  readonly best_epoch?: number;
  readonly best?: number;
  readonly final_learning_rate?: number;
  readonly weights?: readonly GoldenTensor[];
  readonly optimizer?: {
    readonly iterations: number;
    readonly variables: Readonly<Record<string, readonly GoldenTensor[]>>;
    readonly u_product?: number;
  };
  readonly predict: GoldenTensor;
  readonly evaluate: Readonly<Record<string, number>>;
}

/** How Keras writes layers, regularizers, schedules and callbacks. */
export interface KerasConfig {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export const tensorsOf = (tensors: readonly GoldenTensor[]): Tensors =>
  new Map(
    tensors.map(({ name = "", shape, data }): [string, Tensor] => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );
