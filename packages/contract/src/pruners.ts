import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * Pruners with the names, meanings and defaults of Optuna's; steps count from 0, the first epoch
 * being step 0. docs/pruners.md describes them for people.
 */

const Steps = z.int().min(0);
const Interval = z.int().min(1).default(1);

/** What the median and percentile pruners share. */
const percentileFields = {
  n_startup_trials: Steps.default(5),
  n_warmup_steps: Steps.default(0),
  interval_steps: Interval,
  n_min_trials: z.int().min(1).default(1),
};

const NonePrunerConfig = strictObject({ name: z.literal("none") });

/** Optuna's MedianPruner. */
export const MedianPrunerConfig = strictObject({ name: z.literal("median"), ...percentileFields });

/** Optuna's PercentilePruner: runs among the best so many per cent go on. */
export const PercentilePrunerConfig = strictObject({
  name: z.literal("percentile"),
  percentile: z.number().min(0).max(100),
  ...percentileFields,
});

/** Optuna's ThresholdPruner. */
export const ThresholdPrunerConfig = strictObject({
  name: z.literal("threshold"),
  lower: z.number().optional(),
  upper: z.number().optional(),
  n_warmup_steps: Steps.default(0),
  interval_steps: Interval,
}).check((context) => {
  const { lower, upper } = context.value;
  const problem =
    lower === undefined && upper === undefined
      ? { path: ["upper"], message: "is needed, or lower: without a bound nothing is pruned" }
      : lower !== undefined && upper !== undefined && lower > upper
        ? { path: ["lower"], message: `is above upper, ${upper}` }
        : null;
  if (problem !== null) context.issues.push({ code: "custom", input: context.value, ...problem });
});
export type ThresholdPrunerConfig = z.infer<typeof ThresholdPrunerConfig>;

/** Optuna's WilcoxonPruner. */
export const WilcoxonPrunerConfig = strictObject({
  name: z.literal("wilcoxon"),
  p_threshold: z.number().min(0).max(1).default(0.1),
  n_startup_steps: Steps.default(2),
});
export type WilcoxonPrunerConfig = z.infer<typeof WilcoxonPrunerConfig>;

const Resource = z.int().min(1);
const Auto = z.literal("auto");
const ReductionFactor = z.int().min(2);

/** Optuna's SuccessiveHalvingPruner. A resource is a step, so that 1 is the second epoch. */
export const SuccessiveHalvingPrunerConfig = strictObject({
  name: z.literal("successive_halving"),
  min_resource: z.union([Auto, Resource]).default("auto"),
  reduction_factor: ReductionFactor.default(4),
  min_early_stopping_rate: z.int().min(0).max(50).default(0),
  bootstrap_count: z.int().min(0).default(0),
}).refine(({ min_resource, bootstrap_count }) => min_resource !== "auto" || bootstrap_count === 0, {
  path: ["bootstrap_count"],
  error: 'must be 0 with min_resource "auto": nothing would ever complete to set it by',
});
export type SuccessiveHalvingPrunerConfig = z.infer<typeof SuccessiveHalvingPrunerConfig>;

/** Optuna's HyperbandPruner. */
export const HyperbandPrunerConfig = strictObject({
  name: z.literal("hyperband"),
  min_resource: Resource.default(1),
  max_resource: z.union([Auto, Resource]).default("auto"),
  reduction_factor: ReductionFactor.default(3),
  bootstrap_count: z.int().min(0).default(0),
})
  .refine(({ max_resource, bootstrap_count }) => max_resource !== "auto" || bootstrap_count === 0, {
    path: ["bootstrap_count"],
    error: 'must be 0 with max_resource "auto": nothing would ever complete to set it by',
  })
  .refine(
    ({ min_resource, max_resource }) => max_resource === "auto" || max_resource >= min_resource,
    {
      path: ["max_resource"],
      error: "is below min_resource",
    },
  );
export type HyperbandPrunerConfig = z.infer<typeof HyperbandPrunerConfig>;

/**
 * ASHA (Li et al. 2020). A resource is a number of epochs: rung k is reached after
 * min_resource · reduction_factor^(min_early_stopping_rate + k) of them.
 * `stop` ends a run that loses its rung; `pause_and_promote` pauses it with its checkpoint, and
 * it goes on once it is among the best 1/reduction_factor of its rung.
 */
export const AshaPrunerConfig = strictObject({
  name: z.literal("asha"),
  mode: z.enum(["stop", "pause_and_promote"]).default("pause_and_promote"),
  min_resource: Resource.default(1),
  reduction_factor: ReductionFactor.default(3),
  min_early_stopping_rate: z.int().min(0).max(50).default(0),
});
export type AshaPrunerConfig = z.infer<typeof AshaPrunerConfig>;

/**
 * Stops a run whose extrapolated learning curve has less than `min_probability` to beat the best
 * completed run (Domhan et al. 2015).
 */
export const LearningCurvePrunerConfig = strictObject({
  name: z.literal("learning_curve"),
  min_probability: z.number().min(0).max(1).default(0.05),
  n_startup_trials: z.int().min(1).default(5),
  n_warmup_steps: z.int().min(3).default(4),
  interval_steps: Interval,
});
export type LearningCurvePrunerConfig = z.infer<typeof LearningCurvePrunerConfig>;

const InnerPrunerConfig = z.discriminatedUnion("name", [
  NonePrunerConfig,
  MedianPrunerConfig,
  PercentilePrunerConfig,
  ThresholdPrunerConfig,
  WilcoxonPrunerConfig,
  SuccessiveHalvingPrunerConfig,
  HyperbandPrunerConfig,
  LearningCurvePrunerConfig,
]);

/**
 * Optuna's PatientPruner: `wrapped_pruner` is asked only once the last `patience` + 1 reports are
 * all worse than those before; without one the run is stopped then.
 */
export const PatientPrunerConfig = strictObject({
  name: z.literal("patient"),
  wrapped_pruner: InnerPrunerConfig.nullable().default(null),
  patience: z.int().min(0),
  min_delta: z.number().min(0).default(0),
});
export type PatientPrunerConfig = z.infer<typeof PatientPrunerConfig>;

export const PrunerConfig = z.discriminatedUnion("name", [
  ...InnerPrunerConfig.options,
  PatientPrunerConfig,
  AshaPrunerConfig,
]);
export type PrunerConfig = z.infer<typeof PrunerConfig>;

export const PrunerName = z.enum(PrunerConfig.options.map(({ shape }) => shape.name.value));
