import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * Learning rates that change from step to step; a step is one update, counted from 0. Names, fields
 * and formulas are Keras'. Where `decay_steps` may be left out, it is all steps of the run.
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */

const Rate = z.number().positive().max(1000);
const EndRate = z.number().min(0).max(1000);
const Steps = z.number().positive();

export const LearningRateSchedule = z.discriminatedUnion("class_name", [
  /** rate · decay_rate^(step / decay_steps); `staircase` takes whole quotients. */
  strictObject({
    class_name: z.literal("ExponentialDecay"),
    initial_learning_rate: Rate,
    decay_steps: Steps,
    decay_rate: z.number().positive(),
    staircase: z.boolean().default(false),
  }),
  /** rate / (1 + decay_rate · step / decay_steps) */
  strictObject({
    class_name: z.literal("InverseTimeDecay"),
    initial_learning_rate: Rate,
    decay_steps: Steps,
    decay_rate: z.number().min(0),
    staircase: z.boolean().default(false),
  }),
  /** `values[i]` up to and with step `boundaries[i]`, then the next one. */
  strictObject({
    class_name: z.literal("PiecewiseConstantDecay"),
    boundaries: z.array(z.number().min(0)).min(1).max(1000),
    values: z.array(Rate).min(2).max(1001),
  }).superRefine(({ boundaries, values }, ctx) => {
    if (values.length !== boundaries.length + 1)
      ctx.addIssue({
        code: "custom",
        path: ["values"],
        message: `has ${values.length} rates for ${boundaries.length} boundaries: one more than boundaries is needed`,
      });
    if (boundaries.some((step, index) => index > 0 && step <= (boundaries[index - 1] ?? 0)))
      ctx.addIssue({ code: "custom", path: ["boundaries"], message: "must rise" });
  }),
  strictObject({
    class_name: z.literal("PolynomialDecay"),
    initial_learning_rate: Rate,
    decay_steps: Steps.optional(),
    end_learning_rate: EndRate.default(0.0001),
    power: z.number().positive().default(1),
    cycle: z.boolean().default(false),
  }),
  /** With `warmup_target` the rate rises from `initial_learning_rate` to it, then falls. */
  strictObject({
    class_name: z.literal("CosineDecay"),
    initial_learning_rate: EndRate,
    decay_steps: Steps.optional(),
    alpha: z.number().min(0).max(1).default(0),
    warmup_target: Rate.optional(),
    warmup_steps: z.number().min(0).default(0),
  }),
  strictObject({
    class_name: z.literal("CosineDecayRestarts"),
    initial_learning_rate: Rate,
    first_decay_steps: Steps,
    t_mul: z.number().min(1).default(2),
    m_mul: z.number().positive().default(1),
    alpha: z.number().min(0).max(1).default(0),
  }),
  /**
   * Rises from max / div_factor to max over the first `pct_start` of the steps, then falls to
   * max / (div_factor · final_div_factor), both along half a cosine, as PyTorch's OneCycleLR.
   * @see Smith & Topin, Super-Convergence (2018)
   */
  strictObject({
    class_name: z.literal("OneCycle"),
    max_learning_rate: Rate,
    total_steps: z.int().min(2).optional(),
    pct_start: z.number().gt(0).lt(1).default(0.3),
    div_factor: z.number().min(1).default(25),
    final_div_factor: z.number().min(1).default(1e4),
  }),
]);
export type LearningRateSchedule = z.infer<typeof LearningRateSchedule>;
