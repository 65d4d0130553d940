import { z } from "zod";
import { Budget, Priority, Weight } from "./budget.js";
import { byName } from "./byName.js";
import { Id } from "./ids.js";
import { MetricConstraint } from "./metricConstraint.js";
import { Objective } from "./objective.js";
import { Params } from "./paramValue.js";
import { PromoteWinner } from "./promoteWinner.js";
import { PrunerConfig } from "./pruners.js";
import { SamplerConfig } from "./samplers.js";
import { Space } from "./space.js";
import { strictObject } from "./strictObject.js";
import { SweepTrainer } from "./sweepTrainer.js";
import { Tags } from "./tags.js";
import { TerminatorConfig } from "./terminator.js";

export const CreateSweep = strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).default(""),
  /** A TrainPlan in which any value may be {"$param": "<dimension>"}. */
  plan: z.record(z.string(), z.json()).default({}),
  trainer: SweepTrainer.default({ kind: "engine" }),
  space: Space,
  sampler: byName("name", SamplerConfig).default({ name: "grid" }),
  pruner: byName("name", PrunerConfig).default({ name: "none" }),
  objective: Objective.default({ metric: "val_accuracy", direction: "maximize" }),
  /** In place of `objective`, several; the first of them stands for the sweep where one must. */
  objectives: z.array(Objective).min(1).max(8).optional(),
  constraints: z.array(MetricConstraint).max(32).default([]),
  /** Runs of each point, each with a seed of its own; the mean is its objective. */
  repeats: z.int().min(1).max(100).default(1),
  /** Runs of each point, each validated on another fold; the mean is its objective. */
  folds: z.int().min(2).max(100).optional(),
  budget: Budget.default({}),
  /** Make no further runs once a completed run's objective is as good as this. */
  target: z.number().optional(),
  /** Make no further runs once more of them promise no gain. */
  terminator: byName("name", TerminatorConfig).optional(),
  /** Most runs queued or running at one time; absent: as many as the workers have slots for. */
  parallelism: z.int().min(1).max(10_000).optional(),
  priority: Priority.default(50),
  weight: Weight.default(1),
  seed: z.int().min(0).max(4_294_967_295).default(0),
  tags: Tags.default([]),
  /** Sweeps whose runs, where they fit the space, are known to the sampler from the start. */
  warm_start: strictObject({ sweeps: z.array(Id).min(1).max(20) }).optional(),
  /** To be tried first, in this order. What a point leaves out the sampler chooses. */
  points: z.array(Params).max(1_000).default([]),
  /** Its winner is promoted once it has completed, if the model's gates let it. */
  promote: PromoteWinner.optional(),
});
export type CreateSweep = z.infer<typeof CreateSweep>;

/** A point's runs: one for each repetition of each fold. */
export const runsOfPoint = ({ repeats, folds }: Pick<CreateSweep, "repeats" | "folds">): number =>
  repeats * (folds ?? 1);

export const SweepState = z.enum(["running", "paused", "completed", "cancelled"]);
export type SweepState = z.infer<typeof SweepState>;
