import { z } from "zod";
import { byName } from "./byName.js";
import { EPOCH_METRICS } from "./metrics.js";
import { strictObject } from "./strictObject.js";

/**
 * What happens between epochs, with Keras' names and defaults.
 * @see https://keras.io/api/callbacks/
 */

/** As `compile(metrics=["acc", "mae"])` names them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  acc: "accuracy",
  mae: "mean_absolute_error",
  mse: "mean_squared_error",
};

/** What an epoch measures and a callback can follow. Keras' short names, such as `val_mae`, do too. */
export const Monitor = z.preprocess((name: string) => {
  if (typeof name !== "string") return name;
  const [, rows = "", metric = ""] = /^(val_)?(.*)$/.exec(name.toLowerCase()) ?? [];
  return Object.hasOwn(SHORT_NAMES, metric) ? `${rows}${SHORT_NAMES[metric]}` : name;
}, z.enum(EPOCH_METRICS));
export type Monitor = z.infer<typeof Monitor>;

/** `auto`: accuracies rise, all else falls. */
const mode = z.enum(["auto", "min", "max"]).default("auto");
const monitor = Monitor.default("val_loss");

export const Callback = z.discriminatedUnion("class_name", [
  strictObject({
    class_name: z.literal("EarlyStopping"),
    monitor,
    mode,
    patience: z.int().min(0).default(0),
    min_delta: z.number().min(0).default(0),
    baseline: z.number().optional(),
    start_from_epoch: z.int().min(0).default(0),
    restore_best_weights: z.boolean().default(false),
  }),
  strictObject({
    class_name: z.literal("ReduceLROnPlateau"),
    monitor,
    mode,
    factor: z.number().gt(0).lt(1).default(0.1),
    patience: z.int().min(0).default(10),
    min_delta: z.number().min(0).default(1e-4),
    cooldown: z.int().min(0).default(0),
    min_lr: z.number().min(0).default(0),
  }),
  /** The trained model is that of the best epoch, whose checkpoint is kept beside the last one. */
  strictObject({ class_name: z.literal("ModelCheckpoint"), monitor, mode }),
  /** A loss that is not finite ends every run as diverged; this says so in the plan. */
  strictObject({ class_name: z.literal("TerminateOnNaN") }),
  /** Ends after the epoch in which so much training time, all attempts together, has passed. */
  strictObject({ class_name: z.literal("TimeLimit"), seconds: z.number().positive() }),
  /** Ends after the epoch that reaches `target`. */
  strictObject({
    class_name: z.literal("TargetReached"),
    monitor: Monitor.default("val_accuracy"),
    mode,
    target: z.number(),
  }),
]);
export type Callback = z.infer<typeof Callback>;

/** Whether it decides which epoch's weights the trained model gets. */
const choosesWeights = (callback: Callback) =>
  callback.class_name === "ModelCheckpoint" ||
  (callback.class_name === "EarlyStopping" && callback.restore_best_weights);

export const Callbacks = z
  .array(byName("class_name", Callback))
  .max(16)
  .superRefine((callbacks, ctx) => {
    const choosing = callbacks.filter(choosesWeights);
    const [first] = choosing;
    const other = choosing.find((callback) => !isSameWatch(callback, first));
    if (other === undefined) return;
    ctx.addIssue({
      code: "custom",
      path: [callbacks.indexOf(other)],
      message:
        "and another callback choose the best epoch by different metrics: give both the same monitor and mode",
    });
  });

const isSameWatch = (one: Callback | undefined, other: Callback | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  "monitor" in one &&
  "monitor" in other &&
  one.monitor === other.monitor &&
  one.mode === other.mode;
