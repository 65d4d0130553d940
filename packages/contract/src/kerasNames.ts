/**
 * What people write who know Keras or PyTorch, and what it is called here: too far apart for
 * `nearestName`.
 */
const MEANT: Readonly<Record<string, string>> = {
  lr: "learning_rate",
  eps: "epsilon",
  p: "rate",
  hidden: "units",
  hidden_units: "units",
  out_features: "units",
  out_channels: "filters",
  BatchNorm: "BatchNormalization",
  BatchNorm1d: "BatchNormalization",
  BatchNorm2d: "BatchNormalization",
  LayerNorm: "LayerNormalization",
  Linear: "Dense",
  normalize: "standardize",
};

/** Fields of Keras that a plan has no need of. */
const UNNEEDED: Readonly<Record<string, string>> = {
  input_shape: "the data set gives the input's shape",
  batch_input_shape: "the data set gives the input's shape",
  input_dim: "the data set gives the input's shape",
  data_format: "images are always channels last",
  dilation_rate: "it is always 1",
  groups: "there is always one",
  trainable: "every layer trains",
  dtype: "everything is float32",
  config: "its fields stand beside class_name",
  metrics: "what the data's task measures is always measured",
  steps_per_epoch: "an epoch is every training row once",
  validation_steps: "every validating row is measured",
  filepath: "checkpoints are kept by themselves",
  save_best_only: "the best epoch's weights become the model",
  save_weights_only: "checkpoints are kept by themselves",
  validation_data: "validation_split and split say which rows validate",
  rescale: "data.preprocessing scales pixels",
  verbose: "runs are watched as they train",
};

/** Which of `names` a name of Keras or PyTorch stands for, if any. */
export function kerasName(given: string, names: readonly string[]): string | undefined {
  const meant = Object.hasOwn(MEANT, given) ? MEANT[given] : undefined;
  return meant !== undefined && names.includes(meant) ? meant : undefined;
}

/** Why a field of Keras can be left out; undefined for other fields. */
export const whyUnneeded = (field: string): string | undefined =>
  Object.hasOwn(UNNEEDED, field) ? `${UNNEEDED[field]}, so leave it out` : undefined;
