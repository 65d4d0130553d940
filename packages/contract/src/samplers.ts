import { z } from "zod";
import { Params } from "./paramValue.js";
import { PrunerName } from "./pruners.js";
import { strictObject } from "./strictObject.js";

/** Optuna's CmaEsSampler, with its names and defaults, and the two usual ways to restart. */
export const CmaesSamplerConfig = strictObject({
  name: z.literal("cmaes"),
  /** Where the search begins; the middle of what is left out. */
  x0: Params.optional(),
  /** The first step size, as a share of each dimension's range. */
  sigma0: z
    .number()
    .positive()
    .max(10)
    .default(1 / 6),
  n_startup_trials: z.int().min(0).default(1),
  /** Runs of a generation; absent: 4 + 3 ln(dimensions). */
  popsize: z.int().min(4).max(10_000).optional(),
  restart_strategy: z.enum(["ipop", "bipop"]).nullable().default(null),
  inc_popsize: z.int().min(2).max(16).default(2),
  /** Learn from the last value of runs that were stopped early. */
  consider_pruned_trials: z.boolean().default(false),
});
export type CmaesSamplerConfig = z.infer<typeof CmaesSamplerConfig>;

/** Without `scramble` every sweep over a space gets the same points. */
export const HaltonSamplerConfig = strictObject({
  name: z.literal("halton"),
  scramble: z.boolean().default(true),
});

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
  /** Learn which params go together. Absent: with one objective or `group`, else not. */
  multivariate: z.boolean().optional(),
  /** Learn together those conditional params that occur together; takes `multivariate`. */
  group: z.boolean().default(false),
  /** Runs still going count as bad, so that parallel ones spread out. */
  constant_liar: z.boolean().default(true),
  /** How many runs the flat prior counts as. */
  prior_weight: z.number().positive().max(1000).default(1),
  /** Keep kernels from being narrower than a share of the range that falls with the runs. */
  consider_magic_clip: z.boolean().default(true),
  /** The outermost runs' kernels reach to the ends of the range. */
  consider_endpoints: z.boolean().default(false),
}).refine(({ group, multivariate }) => !(group && multivariate === false), {
  path: ["group"],
  error: "takes multivariate: leave out multivariate, or set it to true",
  params: { rule: "group_alone" },
});
export type TpeSamplerConfig = z.infer<typeof TpeSamplerConfig>;

/** BOHB, with HpBandSter's names and defaults. */
export const BohbSamplerConfig = strictObject({
  name: z.literal("bohb"),
  /** Runs that a rung needs before it is learnt from; absent: one more than there are dimensions. */
  min_points_in_model: z.int().min(2).max(10_000).optional(),
  /** The best so many per cent of a rung are good. */
  top_n_percent: z.number().min(1).max(99).default(15),
  /** Points drawn around good ones, of which the best is proposed. */
  num_samples: z.int().min(1).max(10_000).default(64),
  /** How often to propose a random point instead. */
  random_fraction: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 3),
  /** How much wider the kernels are that points are drawn from. */
  bandwidth_factor: z.number().positive().max(100).default(3),
  min_bandwidth: z.number().positive().max(1).default(1e-3),
  /** Steps of the lowest rung; best as the pruner's. */
  min_resource: z.int().min(1).default(1),
  /** How many times as many steps the next rung has; best as the pruner's. */
  reduction_factor: z.int().min(2).max(100).default(3),
});
export type BohbSamplerConfig = z.infer<typeof BohbSamplerConfig>;

/** Optuna's GPSampler, with its names and defaults. */
export const GpSamplerConfig = strictObject({
  name: z.literal("gp"),
  n_startup_trials: z.int().min(1).max(10_000).default(10),
  /** The objective has no noise: the same params give the same value. */
  deterministic_objective: z.boolean().default(false),
});
export type GpSamplerConfig = z.infer<typeof GpSamplerConfig>;

const genetic = {
  /** Completed runs that make a generation; the first one is random. */
  population_size: z.int().min(2).max(10_000).default(50),
  /** Absent: 1 / the number of params. */
  mutation_prob: z.number().min(0).max(1).optional(),
  crossover: z.enum(["uniform", "blxalpha", "sbx"]).default("uniform"),
  crossover_prob: z.number().min(0).max(1).default(0.9),
  swapping_prob: z.number().min(0).max(1).default(0.5),
};

/** Optuna's NSGAIISampler, with its names and defaults. */
export const NsgaiiSamplerConfig = strictObject({ name: z.literal("nsgaii"), ...genetic });
export type NsgaiiSamplerConfig = z.infer<typeof NsgaiiSamplerConfig>;

/** Optuna's NSGAIIISampler, with its names and defaults. */
export const NsgaiiiSamplerConfig = strictObject({
  name: z.literal("nsgaiii"),
  ...genetic,
  /** Reference directions: the ways to share so many units among the objectives. */
  dividing_parameter: z.int().min(1).max(12).default(3),
});
export type NsgaiiiSamplerConfig = z.infer<typeof NsgaiiiSamplerConfig>;

const differential = {
  /** F: how much of the difference between two runs is added to a third. */
  mutation_factor: z.number().positive().max(2).default(0.5),
  /** CR: how likely a param is to come from the mutant and not from the run to be replaced. */
  crossover_prob: z.number().min(0).max(1).default(0.5),
};

/** Differential evolution, DE/rand/1/bin: one slot after the other, without waiting for the rest. */
export const DifferentialEvolutionSamplerConfig = strictObject({
  name: z.literal("de"),
  population_size: z.int().min(4).max(10_000).default(10),
  ...differential,
});
export type DifferentialEvolutionSamplerConfig = z.infer<typeof DifferentialEvolutionSamplerConfig>;

/** DEHB: differential evolution over the rungs of a pruner such as ASHA or Hyperband. */
export const DehbSamplerConfig = strictObject({
  name: z.literal("dehb"),
  population_size: z.int().min(4).max(10_000).default(10),
  ...differential,
  /** Steps of the lowest rung; best as the pruner's. */
  min_resource: z.int().min(1).default(1),
  /** How many times as many steps the next rung has; best as the pruner's. */
  reduction_factor: z.int().min(2).max(100).default(3),
});
export type DehbSamplerConfig = z.infer<typeof DehbSamplerConfig>;

/** Population based training, with Ray Tune's names and defaults. */
export const PbtSamplerConfig = strictObject({
  name: z.literal("pbt"),
  /** Steps after which a run is compared with the others, again and again. */
  perturbation_interval: z.int().min(1).default(1),
  /** Runs among this share of the worst go on from one among the same share of the best. */
  quantile_fraction: z.number().min(0).max(0.5).default(0.25),
  /** How likely a param is to be drawn anew instead of being perturbed. */
  resample_probability: z.number().min(0).max(1).default(0.25),
  /** A number is multiplied by one of these. */
  perturbation_factors: z.array(z.number().positive()).min(1).max(16).default([1.2, 0.8]),
  /** Dimensions that may change while a run trains; absent: all. What layers are made of can't. */
  hyperparam_mutations: z.array(z.string()).min(1).optional(),
});
export type PbtSamplerConfig = z.infer<typeof PbtSamplerConfig>;

/** Chooses one of the others by the space and by what the sweep is to do, and says why. */
export const AutoSamplerConfig = strictObject({
  name: z.literal("auto"),
  /** Runs that the sweep will make; absent: as its budget says. */
  runs: z.int().min(1).optional(),
  /** Runs that train at a time; absent: as the sweep says. */
  parallelism: z.int().min(1).optional(),
  /** What stops its runs early; absent: as the sweep says. */
  pruner: PrunerName.optional(),
  /** Constraints that its runs are measured by; absent: as the sweep says. */
  constraints: z.int().min(0).optional(),
});
export type AutoSamplerConfig = z.infer<typeof AutoSamplerConfig>;

const WHOLE_SAMPLERS = [
  strictObject({ name: z.literal("grid") }),
  strictObject({ name: z.literal("random") }),
  CmaesSamplerConfig,
  HaltonSamplerConfig,
  SobolSamplerConfig,
  LatinHypercubeSamplerConfig,
  TpeSamplerConfig,
  GpSamplerConfig,
  NsgaiiSamplerConfig,
  NsgaiiiSamplerConfig,
  DifferentialEvolutionSamplerConfig,
  DehbSamplerConfig,
  PbtSamplerConfig,
  BohbSamplerConfig,
  AutoSamplerConfig,
] as const;

/** Optuna's PartialFixedSampler: some params keep a value, `sampler` chooses the others. */
export const PartialFixedSamplerConfig = strictObject({
  name: z.literal("partial_fixed"),
  params: Params.refine((params) => Object.keys(params).length > 0, "fixes nothing: name a param"),
  sampler: z.discriminatedUnion("name", WHOLE_SAMPLERS),
});
export type PartialFixedSamplerConfig = z.infer<typeof PartialFixedSamplerConfig>;

export const SamplerConfig = z.discriminatedUnion("name", [
  ...WHOLE_SAMPLERS,
  PartialFixedSamplerConfig,
]);
export type SamplerConfig = z.infer<typeof SamplerConfig>;
