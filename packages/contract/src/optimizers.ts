import { z } from "zod";
import { byName } from "./byName.js";
import { LearningRateSchedule } from "./schedules.js";
import { strictObject } from "./strictObject.js";

/**
 * Optimizers with Keras' names, defaults and placement of epsilon.
 * @see https://keras.io/api/optimizers/
 */

const Rate = z.union([z.number().positive().max(1000), LearningRateSchedule]);
const Share = z.number().min(0).lt(1);
const Epsilon = z.number().positive().default(1e-7);
const Limit = z.number().positive().optional();

/** What every optimizer has. At most one kind of clipping. */
const common = {
  /** w ← w − w · weight_decay · rate, before the update, on every weight, biases too. */
  weight_decay: z.number().min(0).optional(),
  /** Largest Euclidean norm of the gradient of each weight. */
  clipnorm: Limit,
  /** Largest absolute value in a gradient. */
  clipvalue: Limit,
  /** Largest Euclidean norm of all gradients together. */
  global_clipnorm: Limit,
  /** Keeps a moving average of the weights, which the trained model gets. */
  use_ema: z.boolean().default(false),
  ema_momentum: z.number().min(0).max(1).default(0.99),
  /** Every so many steps the weights become their average; absent: only at the end. */
  ema_overwrite_frequency: z.int().min(1).optional(),
};

const rate = (usual: number) => Rate.default(usual);
const betas = (second: number) => ({ beta_1: Share.default(0.9), beta_2: Share.default(second) });

export const Sgd = strictObject({
  class_name: z.literal("SGD"),
  learning_rate: rate(0.01),
  momentum: Share.default(0),
  nesterov: z.boolean().default(false),
  ...common,
});

/** @see Kingma & Ba, Adam (2015); `amsgrad`: Reddi, Kale & Kumar (2018) */
export const Adam = strictObject({
  class_name: z.literal("Adam"),
  learning_rate: rate(0.001),
  ...betas(0.999),
  epsilon: Epsilon,
  amsgrad: z.boolean().default(false),
  ...common,
});

const OPTIMIZERS = [
  Sgd,
  Adam,
  /** @see Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019) */
  strictObject({
    class_name: z.literal("AdamW"),
    learning_rate: rate(0.001),
    ...betas(0.999),
    epsilon: Epsilon,
    amsgrad: z.boolean().default(false),
    ...common,
    weight_decay: z.number().min(0).default(0.004),
  }),
  strictObject({
    class_name: z.literal("Adamax"),
    learning_rate: rate(0.001),
    ...betas(0.999),
    epsilon: Epsilon,
    ...common,
  }),
  /** @see Dozat, Incorporating Nesterov Momentum into Adam (2016) */
  strictObject({
    class_name: z.literal("Nadam"),
    learning_rate: rate(0.001),
    ...betas(0.999),
    epsilon: Epsilon,
    ...common,
  }),
  strictObject({
    class_name: z.literal("RMSprop"),
    learning_rate: rate(0.001),
    rho: Share.default(0.9),
    momentum: Share.default(0),
    epsilon: Epsilon,
    centered: z.boolean().default(false),
    ...common,
  }),
  strictObject({
    class_name: z.literal("Adagrad"),
    learning_rate: rate(0.001),
    initial_accumulator_value: z.number().min(0).default(0.1),
    epsilon: Epsilon,
    ...common,
  }),
  strictObject({
    class_name: z.literal("Adadelta"),
    learning_rate: rate(0.001),
    rho: Share.default(0.95),
    epsilon: Epsilon,
    ...common,
  }),
  /** @see Chen et al., Symbolic Discovery of Optimization Algorithms (2023) */
  strictObject({
    class_name: z.literal("Lion"),
    learning_rate: rate(0.001),
    ...betas(0.99),
    ...common,
  }),
] as const;

/** A name alone, such as `adam`, stands for that optimizer with its defaults. */
export const Optimizer = byName(
  "class_name",
  z.discriminatedUnion("class_name", OPTIMIZERS).superRefine((optimizer, ctx) => {
    const clippings = (["clipnorm", "clipvalue", "global_clipnorm"] as const).filter(
      (name) => optimizer[name] !== undefined,
    );
    if (clippings.length > 1)
      ctx.addIssue({
        code: "custom",
        path: [clippings[1] ?? ""],
        message: `excludes ${clippings[0]}: keep one of them`,
      });
  }),
);
export type Optimizer = z.infer<typeof Optimizer>;
