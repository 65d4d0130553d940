import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * The plan of one training: data, never code. Layer, optimizer and field names are Keras'.
 * @see https://keras.io/api/models/sequential/
 */

export const Activation = z.enum(["linear", "relu", "tanh", "sigmoid", "softmax"]);
export type Activation = z.infer<typeof Activation>;

export const Initializer = z.enum([
  "glorot_uniform",
  "glorot_normal",
  "he_uniform",
  "he_normal",
  "zeros",
]);
export type Initializer = z.infer<typeof Initializer>;

const LayerName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: "a layer's name starts with a letter and has up to 64 letters, digits or underscores",
});

export const FlattenLayer = strictObject({
  class_name: z.literal("Flatten"),
  name: LayerName.optional(),
});

export const DenseLayer = strictObject({
  class_name: z.literal("Dense"),
  name: LayerName.optional(),
  units: z.int().min(1).max(65_536),
  activation: Activation.default("linear"),
  use_bias: z.boolean().default(true),
  kernel_initializer: Initializer.default("glorot_uniform"),
});
export type DenseLayer = z.infer<typeof DenseLayer>;

export const Layer = z.discriminatedUnion("class_name", [FlattenLayer, DenseLayer]);
export type Layer = z.infer<typeof Layer>;

const Units = z.int().min(1).max(65_536);

/**
 * A multilayer perceptron: `depth` hidden Dense layers, then Dense(classes, softmax).
 * `units` is one number for all hidden layers, or a list of which the first `depth` are used.
 * The defaults are the network of the Fashion-MNIST example.
 */
export const MlpTemplate = strictObject({
  template: z.literal("mlp"),
  depth: z.int().min(1).max(64).default(2),
  units: z.union([Units, z.array(Units).min(1).max(64)]).default([512, 256]),
  activation: Activation.default("relu"),
  kernel_initializer: Initializer.default("glorot_uniform"),
}).refine((mlp) => !Array.isArray(mlp.units) || mlp.units.length >= mlp.depth, {
  path: ["units"],
  error: "lists fewer layers than depth asks for",
});
export type MlpTemplate = z.infer<typeof MlpTemplate>;

/** The layers themselves, the output layer included. The input's shape comes from the data set. */
export const LayerList = strictObject({ layers: z.array(Layer).min(1).max(256) });
export type LayerList = z.infer<typeof LayerList>;

export const Model = z.union([MlpTemplate, LayerList]);
export type Model = z.infer<typeof Model>;

const LearningRate = z.number().positive().max(1000);

/** Stochastic gradient descent. With momentum: v ← momentum·v − lr·g, w ← w + v, as Keras does. */
export const Sgd = strictObject({
  class_name: z.literal("SGD"),
  learning_rate: LearningRate.default(0.01),
  momentum: z.number().min(0).lt(1).default(0),
});

/** Adam (Kingma & Ba 2015) with Keras' placement of epsilon. */
export const Adam = strictObject({
  class_name: z.literal("Adam"),
  learning_rate: LearningRate.default(0.001),
  beta_1: z.number().min(0).lt(1).default(0.9),
  beta_2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().positive().default(1e-7),
});

export const Optimizer = z.discriminatedUnion("class_name", [Sgd, Adam]);
export type Optimizer = z.infer<typeof Optimizer>;

export const Loss = z.enum(["categorical_crossentropy"]);
export type Loss = z.infer<typeof Loss>;

export const EngineId = z.enum(["onnx"]);
export type EngineId = z.infer<typeof EngineId>;

export const DatasetName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: "a data set's name has up to 64 lower-case letters, digits, dots, dashes or underscores",
});

export const TrainPlan = strictObject({
  engine: EngineId.default("onnx"),
  data: strictObject({
    dataset: DatasetName,
    /** Filled in at submission, so that a later version of the data changes no stored run. */
    version: z.int().min(1).optional(),
  }),
  model: Model.default({
    template: "mlp",
    depth: 2,
    units: [512, 256],
    activation: "relu",
    kernel_initializer: "glorot_uniform",
  }),
  optimizer: Optimizer.default({
    class_name: "Adam",
    learning_rate: 0.001,
    beta_1: 0.9,
    beta_2: 0.999,
    epsilon: 1e-7,
  }),
  loss: Loss.default("categorical_crossentropy"),
  batch_size: z.int().min(1).max(65_536).default(64),
  epochs: z.int().min(1).max(100_000).default(15),
  /** Share of the training rows, the last ones, that validate and never train. */
  validation_split: z.number().min(0).lt(1).default(0.2),
  shuffle: z.boolean().default(true),
  /** Draws initial weights and each epoch's order. The service draws one per run when absent. */
  seed: z.int().min(0).max(4_294_967_295).default(0),
});
export type TrainPlan = z.infer<typeof TrainPlan>;
