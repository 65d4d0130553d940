import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** Without `scramble` every sweep over a space gets the same points. */
export const SobolSamplerConfig = strictObject({
  name: z.literal("sobol"),
  scramble: z.boolean().default(true),
});

/** `samples`: points of one design, best as many as the budget has runs. */
export const LatinHypercubeSamplerConfig = strictObject({
  name: z.literal("latin_hypercube"),
  samples: z.int().min(1).max(10_000),
});

/** Optuna's TPESampler, with its names and defaults. */
export const TpeSamplerConfig = strictObject({
  name: z.literal("tpe"),
  n_startup_trials: z.int().min(0).default(10),
  n_ei_candidates: z.int().min(1).max(10_000).default(24),
  multivariate: z.boolean().default(true),
});

export const SamplerConfig = z.discriminatedUnion("name", [
  strictObject({ name: z.literal("grid") }),
  strictObject({ name: z.literal("random") }),
  SobolSamplerConfig,
  LatinHypercubeSamplerConfig,
  TpeSamplerConfig,
]);
export type SamplerConfig = z.infer<typeof SamplerConfig>;
