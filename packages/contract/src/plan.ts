import { z } from "zod";
import { Augmentation } from "./augmentation.js";
import { Callbacks } from "./callbacks.js";
import { Loss } from "./loss.js";
import { MlpTemplate, Model } from "./model.js";
import { Adam, Optimizer } from "./optimizers.js";
import { Split } from "./split.js";
import { strictObject } from "./strictObject.js";

/**
 * The plan of one training: data, never code. Layer, optimizer and field names are Keras'.
 * @see https://keras.io/api/models/sequential/
 */

export const EngineId = z.enum(["onnx", "tfjs"]);
export type EngineId = z.infer<typeof EngineId>;

export const DatasetName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: "a data set's name has up to 64 lower-case letters, digits, dots, dashes or underscores",
});

/**
 * What happens to the inputs before the model sees them. `rescale`: pixels 0..255 become 0..1 and
 * other numbers stay. `standardize`: mean 0 and standard deviation 1 over the training rows, by
 * channel for images and by column otherwise. `none`: nothing.
 */
export const Preprocessing = z.enum(["rescale", "standardize", "none"]);
export type Preprocessing = z.infer<typeof Preprocessing>;

const Seed = z.int().min(0).max(4_294_967_295);

export const TrainPlan = strictObject({
  engine: EngineId.default("onnx"),
  data: strictObject({
    dataset: DatasetName,
    /** Filled in at submission, so that a later version of the data changes no stored run. */
    version: z.int().min(1).optional(),
    preprocessing: Preprocessing.default("rescale"),
  }),
  model: Model.default(MlpTemplate.parse({ template: "mlp" })),
  optimizer: Optimizer.default(Adam.parse({ class_name: "Adam" })),
  loss: Loss.default({
    name: "categorical_crossentropy",
    from_logits: false,
    label_smoothing: 0,
  }),
  /** What a row of a class counts in the training loss, by label; `balanced`: rows / (classes · rows of the class). A label that is not listed weighs 1. */
  class_weight: z
    .union([
      z.literal("balanced", {
        error: 'is to be "balanced", or weights by label such as {"0": 1, "1": 2.5}',
      }),
      z.record(z.string().regex(/^\d+$/), z.number().min(0)),
    ])
    .optional(),
  augmentation: Augmentation.optional(),
  batch_size: z.int().min(1).max(65_536).default(64),
  epochs: z.int().min(1).max(100_000).default(15),
  validation_split: z.number().min(0).lt(1).default(0.2),
  split: Split.default({ method: "last" }),
  shuffle: z.boolean().default(true),
  callbacks: Callbacks.default([]),
  /** Draws initial weights and each epoch's order. The service draws one per run when absent. */
  seed: Seed.default(0),
}).superRefine(({ optimizer, callbacks }, ctx) => {
  const index = callbacks.findIndex(({ class_name }) => class_name === "ReduceLROnPlateau");
  if (index < 0 || typeof optimizer.learning_rate === "number") return;
  ctx.addIssue({
    code: "custom",
    path: ["callbacks", index],
    message: `ReduceLROnPlateau needs a constant learning rate, and ${optimizer.learning_rate.class_name} sets it: keep one of them`,
  });
});
export type TrainPlan = z.infer<typeof TrainPlan>;
