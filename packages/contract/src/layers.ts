import { z } from "zod";
import { byName } from "./byName.js";
import { strictObject } from "./strictObject.js";

/**
 * The layers of a model, with Keras' names and defaults. Shapes are [height, width, channels] for
 * images and [features] for rows; the batch axis is never written.
 * @see https://keras.io/api/layers/
 */

const keras = <const Names extends readonly string[]>(
  names: Names,
  aliases: Record<string, string>,
) =>
  z.preprocess(
    (name) => (typeof name === "string" && Object.hasOwn(aliases, name) ? aliases[name] : name),
    z.enum(names),
  );

/**
 * `leaky_relu` has slope 0.2, `gelu` is the exact one with erf and `gelu_new` its approximation by
 * tanh (Keras: `approximate=True`). `swish` is another name of `silu`.
 */
export const ACTIVATIONS = [
  "linear",
  "relu",
  "relu6",
  "leaky_relu",
  "elu",
  "selu",
  "gelu",
  "gelu_new",
  "tanh",
  "sigmoid",
  "silu",
  "softmax",
  "softplus",
  "softsign",
] as const;
export const Activation = keras(ACTIVATIONS, { swish: "silu" });
export type Activation = z.infer<typeof Activation>;

/** Initialisers without settings of their own, or with Keras' defaults. */
export const INITIALIZERS = [
  "glorot_uniform",
  "glorot_normal",
  "he_uniform",
  "he_normal",
  "lecun_uniform",
  "lecun_normal",
  "random_uniform",
  "random_normal",
  "truncated_normal",
  "orthogonal",
  "identity",
  "zeros",
  "ones",
] as const;

/** One that is more than a name. Fields are those of Keras' class. */
export const InitializerConfig = z.discriminatedUnion("class_name", [
  strictObject({ class_name: z.literal("Constant"), value: z.number().default(0) }),
  strictObject({
    class_name: z.literal("RandomUniform"),
    minval: z.number().default(-0.05),
    maxval: z.number().default(0.05),
  }),
  strictObject({
    class_name: z.literal("RandomNormal"),
    mean: z.number().default(0),
    stddev: z.number().min(0).default(0.05),
  }),
  /** Cut at two of its standard deviations, without a correction of `stddev` for the cut. */
  strictObject({
    class_name: z.literal("TruncatedNormal"),
    mean: z.number().default(0),
    stddev: z.number().min(0).default(0.05),
  }),
  strictObject({ class_name: z.literal("Orthogonal"), gain: z.number().default(1) }),
  strictObject({ class_name: z.literal("Identity"), gain: z.number().default(1) }),
  strictObject({
    class_name: z.literal("VarianceScaling"),
    scale: z.number().positive().default(1),
    mode: z.enum(["fan_in", "fan_out", "fan_avg"]).default("fan_in"),
    distribution: z
      .enum(["truncated_normal", "untruncated_normal", "uniform"])
      .default("truncated_normal"),
  }),
]);
export type InitializerConfig = z.infer<typeof InitializerConfig>;

/** Keras' classes go by their names too: `GlorotUniform` is `glorot_uniform`. */
const INITIALIZER_ALIASES = {
  ...Object.fromEntries(INITIALIZERS.map((name) => [classNameOf(name), name])),
  normal: "random_normal",
  uniform: "random_uniform",
  one: "ones",
  zero: "zeros",
};

function classNameOf(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export const Initializer = z.union([keras(INITIALIZERS, INITIALIZER_ALIASES), InitializerConfig]);
export type Initializer = z.infer<typeof Initializer>;

/** Adds l1·Σ|w| + l2·Σw² to the loss of every batch. */
const penalty = z.number().min(0).default(0.01);
export const Regularizer = byName(
  "class_name",
  z.discriminatedUnion("class_name", [
    strictObject({ class_name: z.literal("L1"), l1: penalty }),
    strictObject({ class_name: z.literal("L2"), l2: penalty }),
    strictObject({
      class_name: z.literal("L1L2"),
      l1: z.number().min(0).default(0),
      l2: z.number().min(0).default(0),
    }),
  ]),
);
export type Regularizer = z.infer<typeof Regularizer>;

const LayerName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, {
  error: "a layer's name starts with a letter and has up to 64 letters, digits or underscores",
});
const named = { name: LayerName.optional() };

const Side = z.int().min(1).max(1024);
/** One number for height and width, or both. */
const Sides = z.union([Side, z.tuple([Side, Side])]);
const Padding = z.enum(["valid", "same"]);
const Share = z.number().min(0).lt(1);

const kernel = {
  use_bias: z.boolean().default(true),
  kernel_initializer: Initializer.default("glorot_uniform"),
  bias_initializer: Initializer.default("zeros"),
  kernel_regularizer: Regularizer.optional(),
  bias_regularizer: Regularizer.optional(),
};

export const Units = z.int().min(1).max(65_536);

export const DenseLayer = strictObject({
  class_name: z.literal("Dense"),
  ...named,
  units: Units,
  activation: Activation.default("linear"),
  ...kernel,
});
export type DenseLayer = z.infer<typeof DenseLayer>;

export const Conv2DLayer = strictObject({
  class_name: z.literal("Conv2D"),
  ...named,
  filters: z.int().min(1).max(4096),
  kernel_size: Sides,
  strides: Sides.default(1),
  /** `same` pads with zeros, the odd row or column at the bottom and the right. */
  padding: Padding.default("valid"),
  activation: Activation.default("linear"),
  ...kernel,
});
export type Conv2DLayer = z.infer<typeof Conv2DLayer>;

/** Without `strides` the windows lie side by side. `same` averages over the cells that exist. */
const pooling = {
  ...named,
  pool_size: Sides.default(2),
  strides: Sides.optional(),
  padding: Padding.default("valid"),
};

/** Layers that a Residual may hold: all but itself. */
const PLAIN_LAYERS = [
  strictObject({ class_name: z.literal("Flatten"), ...named }),
  strictObject({
    class_name: z.literal("Reshape"),
    ...named,
    target_shape: z.array(z.int().min(1)).min(1).max(3),
  }),
  DenseLayer,
  Conv2DLayer,
  strictObject({ class_name: z.literal("MaxPooling2D"), ...pooling }),
  strictObject({ class_name: z.literal("AveragePooling2D"), ...pooling }),
  strictObject({ class_name: z.literal("GlobalMaxPooling2D"), ...named }),
  strictObject({ class_name: z.literal("GlobalAveragePooling2D"), ...named }),
  strictObject({ class_name: z.literal("Activation"), ...named, activation: Activation }),
  strictObject({
    class_name: z.literal("ReLU"),
    ...named,
    max_value: z.number().positive().optional(),
  }),
  strictObject({
    class_name: z.literal("LeakyReLU"),
    ...named,
    negative_slope: z.number().min(0).default(0.3),
  }),
  strictObject({ class_name: z.literal("ELU"), ...named, alpha: z.number().min(0).default(1) }),
  /** Over the last axis. */
  strictObject({ class_name: z.literal("Softmax"), ...named }),
  strictObject({ class_name: z.literal("Dropout"), ...named, rate: Share }),
  /** Adds noise from N(0, stddev²) in training, and nothing otherwise. */
  strictObject({
    class_name: z.literal("GaussianNoise"),
    ...named,
    stddev: z.number().min(0),
  }),
  /** Over all axes but the last. */
  strictObject({
    class_name: z.literal("BatchNormalization"),
    ...named,
    momentum: z.number().min(0).max(1).default(0.99),
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
  }),
  /** Over the last axis. */
  strictObject({
    class_name: z.literal("LayerNormalization"),
    ...named,
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
  }),
] as const;

/** Keras' second names, in lower case. */
export const LAYER_ALIASES = {
  averagepool2d: "AveragePooling2D",
  avgpool2d: "AveragePooling2D",
  convolution2d: "Conv2D",
  globalaveragepool2d: "GlobalAveragePooling2D",
  globalavgpool2d: "GlobalAveragePooling2D",
  globalmaxpool2d: "GlobalMaxPooling2D",
  maxpool2d: "MaxPooling2D",
};

export const PlainLayer = z.discriminatedUnion("class_name", PLAIN_LAYERS);
export type PlainLayer = z.infer<typeof PlainLayer>;

/**
 * y = layers(x) + shortcut(x). The shortcut is x itself where the shapes agree, else a projection
 * to the shape of layers(x): Dense, or a 1×1 Conv2D with the strides that it takes, without bias.
 * @see He, Zhang, Ren & Sun, Deep Residual Learning for Image Recognition (2016), §3.2
 */
export const ResidualLayer = strictObject({
  class_name: z.literal("Residual"),
  ...named,
  layers: z
    .array(byName("class_name", PlainLayer, LAYER_ALIASES))
    .min(1)
    .max(32),
});
export type ResidualLayer = z.infer<typeof ResidualLayer>;

export const Layer = z.discriminatedUnion("class_name", [...PLAIN_LAYERS, ResidualLayer]);
export type Layer = z.infer<typeof Layer>;
