import { z } from "zod";
import { byName } from "./byName.js";
import { Activation, Initializer, LAYER_ALIASES, Layer, Regularizer, Units } from "./layers.js";
import { strictObject } from "./strictObject.js";

const Share = z.number().min(0).lt(1);

const templateName = <const Name extends string>(name: Name) =>
  z.literal(name, { error: 'is none of "mlp", "cnn": name one, or list the "layers" instead' });

/** Hidden layers of a template: what they have in common. */
const hidden = {
  activation: Activation.default("relu"),
  kernel_initializer: Initializer.default("glorot_uniform"),
  kernel_regularizer: Regularizer.optional(),
  /** BatchNormalization between each layer and its activation. */
  batch_norm: z.boolean().default(false),
};

/**
 * A multilayer perceptron: Flatten, `depth` hidden Dense layers, each followed by Dropout, then the
 * output layer that the data and the loss ask for. `units` is one number for all hidden layers, or
 * a list of which the first `depth` are used. The defaults are the network of the Fashion-MNIST
 * example.
 */
export const MlpTemplate = strictObject({
  template: templateName("mlp"),
  depth: z.int().min(1).max(64).default(2),
  units: z.union([Units, z.array(Units).min(1).max(64)]).default([512, 256]),
  ...hidden,
  dropout: Share.default(0),
}).refine((mlp) => !Array.isArray(mlp.units) || mlp.units.length >= mlp.depth, {
  path: ["units"],
  error: "lists fewer layers than depth asks for",
});
export type MlpTemplate = z.infer<typeof MlpTemplate>;

const Filters = z.int().min(1).max(4096);

/**
 * A convolutional network: `blocks` of `convolutions` Conv2D layers (same padding) with
 * MaxPooling2D and Dropout after them, then Flatten, a hidden Dense of `units` with
 * `dense_dropout`, and the output layer. `filters` is the first block's number, doubled from block
 * to block, or a list of which the first `blocks` are used.
 */
export const CnnTemplate = strictObject({
  template: templateName("cnn"),
  blocks: z.int().min(1).max(8).default(2),
  convolutions: z.int().min(1).max(8).default(1),
  filters: z.union([Filters, z.array(Filters).min(1).max(8)]).default(32),
  kernel_size: z.int().min(1).max(15).default(3),
  dropout: Share.default(0.25),
  /** 0: no hidden Dense layer. */
  units: z.union([z.literal(0), Units]).default(128),
  dense_dropout: Share.default(0.5),
  ...hidden,
}).refine((cnn) => !Array.isArray(cnn.filters) || cnn.filters.length >= cnn.blocks, {
  path: ["filters"],
  error: "lists fewer blocks than blocks asks for",
});
export type CnnTemplate = z.infer<typeof CnnTemplate>;

/** The layers themselves, the output layer included. The input's shape comes from the data set. */
export const LayerList = strictObject({
  layers: z
    .array(byName("class_name", Layer, LAYER_ALIASES))
    .min(1)
    .max(256),
});
export type LayerList = z.infer<typeof LayerList>;

export const Model = z.union([MlpTemplate, CnnTemplate, LayerList], {
  error: ({ input }) =>
    Array.isArray(input) ? 'is a list: {"layers": […]} is a model of layers' : undefined,
});
export type Model = z.infer<typeof Model>;
