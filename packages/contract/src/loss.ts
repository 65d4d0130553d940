import { z } from "zod";
import { byName } from "./byName.js";
import { strictObject } from "./strictObject.js";

/**
 * What is minimised. A batch's loss is the mean over its rows, weighted as Keras does (Σ wᵢ·lossᵢ
 * divided by the number of rows), plus the layers' penalties. In nats for cross-entropies.
 * @see https://keras.io/api/losses/
 */

/** The model's outputs are logits: the loss applies softmax or sigmoid itself. */
const from_logits = z.boolean().default(false);
/** Moves the targets so far towards the uniform distribution (binary: towards 0.5). */
const label_smoothing = z.number().min(0).max(1).default(0);

const LOSSES = [
  strictObject({ name: z.literal("categorical_crossentropy"), from_logits, label_smoothing }),
  strictObject({ name: z.literal("sparse_categorical_crossentropy"), from_logits }),
  strictObject({ name: z.literal("binary_crossentropy"), from_logits, label_smoothing }),
  strictObject({ name: z.literal("mean_squared_error") }),
  strictObject({ name: z.literal("mean_absolute_error") }),
  /** Half the square up to `delta`, then linear. */
  strictObject({ name: z.literal("huber"), delta: z.number().positive().default(1) }),
] as const;

/** A name alone stands for that loss with its defaults; the names of Keras' classes do too. */
export const Loss = byName("name", z.discriminatedUnion("name", LOSSES), {
  categoricalcrossentropy: "categorical_crossentropy",
  sparsecategoricalcrossentropy: "sparse_categorical_crossentropy",
  binarycrossentropy: "binary_crossentropy",
  bce: "binary_crossentropy",
  meansquarederror: "mean_squared_error",
  mse: "mean_squared_error",
  meanabsoluteerror: "mean_absolute_error",
  mae: "mean_absolute_error",
});
export type Loss = z.infer<typeof Loss>;

/** What a model's outputs are about; it decides metrics and report. */
export const Task = z.enum(["classification", "binary", "multi_label", "regression"]);
export type Task = z.infer<typeof Task>;
