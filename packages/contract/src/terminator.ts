import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** Ends a sweep whose best value has not improved for a while; see packages/search. */
export const StagnationTerminatorConfig = strictObject({
  name: z.literal("stagnation"),
  /** Runs without a gain after which it ends. */
  patience: z.int().min(1).max(1_000_000).default(30),
  /** Runs that are made in any case. */
  min_runs: z.int().min(0).max(1_000_000).default(20),
  /** What counts as a gain, in the objective's unit. */
  min_improvement: z.number().min(0).default(0),
});

export type StagnationTerminatorConfig = z.infer<typeof StagnationTerminatorConfig>;

/** How far the best value may be off by chance, in the objective's unit. Optuna's names. */
export const ErrorEvaluatorConfig = z.discriminatedUnion("name", [
  /** By how the best point's folds, or its repeats, differ from each other. */
  strictObject({ name: z.literal("cross_validation") }),
  strictObject({ name: z.literal("static"), constant: z.number().min(0) }),
  /** A share of the median regret bound after each of the first runs. */
  strictObject({
    name: z.literal("median"),
    warm_up_trials: z.int().min(0).max(10_000).default(10),
    n_initial_trials: z.int().min(1).max(1_000).default(20),
    threshold_ratio: z.number().positive().max(1).default(0.01),
  }),
]);
export type ErrorEvaluatorConfig = z.infer<typeof ErrorEvaluatorConfig>;

/** Ends a sweep once what is left to gain is less than the objective's own error. */
export const RegretTerminatorConfig = strictObject({
  name: z.literal("regret_bound"),
  error: ErrorEvaluatorConfig.default({
    name: "median",
    warm_up_trials: 10,
    n_initial_trials: 20,
    threshold_ratio: 0.01,
  }),
  /** Share of the runs, the best of them, that the bound is computed from. */
  top_trials_ratio: z.number().positive().max(1).default(0.5),
  /** Completed runs before which nothing is judged, and at least so many of which count. */
  min_runs: z.int().min(2).max(1_000_000).default(20),
});
export type RegretTerminatorConfig = z.infer<typeof RegretTerminatorConfig>;

export const TerminatorConfig = z.discriminatedUnion("name", [
  StagnationTerminatorConfig,
  RegretTerminatorConfig,
]);
export type TerminatorConfig = z.infer<typeof TerminatorConfig>;
