import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** Optuna's MedianPruner, with its names and defaults. */
export const MedianPrunerConfig = strictObject({
  name: z.literal("median"),
  n_startup_trials: z.int().min(0).default(5),
  n_warmup_steps: z.int().min(0).default(0),
  interval_steps: z.int().min(1).default(1),
  n_min_trials: z.int().min(1).default(1),
});

export const PrunerConfig = z.discriminatedUnion("name", [
  strictObject({ name: z.literal("none") }),
  MedianPrunerConfig,
]);
export type PrunerConfig = z.infer<typeof PrunerConfig>;
