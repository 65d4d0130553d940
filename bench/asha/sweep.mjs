import { PrunerConfig, Space } from "@sweepyard/contract";

/** The network of the Fashion-MNIST assignment: what may vary, and how long a run trains at most. */
export const SPACE = Space.parse({
  learning_rate: { type: "float", low: 1e-4, high: 1e-1, log: true },
  depth: { type: "int", low: 1, high: 3 },
  width: { type: "int", low: 32, high: 256, log: true },
  dropout: { type: "float", low: 0, high: 0.5 },
});

export const EPOCHS = 27;
export const OBJECTIVE = { metric: "val_accuracy", direction: "maximize" };
export const PRUNER = PrunerConfig.parse({ name: "asha" });

/** Rows that train and rows that validate, the first of the training split. */
export const ROWS = { train: 10_000, validation: 5_000 };

/** A plan with the dimensions in it, for `params` or for `{"$param": name}` of each. */
export const planOf = ({ learning_rate, depth, width, dropout }) => ({
  data: { dataset: "fashion-mnist" },
  model: { template: "mlp", depth, units: width, dropout },
  optimizer: { class_name: "Adam", learning_rate },
  batch_size: 64,
  epochs: EPOCHS,
});
