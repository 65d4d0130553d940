import { z } from "zod";
import { Budget } from "./budget.js";
import { WorkerDrain } from "./drain.js";
import { Id } from "./ids.js";
import { MetricConstraint } from "./metricConstraint.js";
import { MetricName, MetricValue } from "./metrics.js";
import { Objective } from "./objective.js";
import { Params } from "./paramValue.js";
import { EngineId, TrainPlan } from "./plan.js";
import { PromoteWinner, WinnerPromotion } from "./promoteWinner.js";
import { PrunerConfig } from "./pruners.js";
import { PromotionPolicy } from "./registry.js";
import { RunState } from "./runState.js";
import { SamplerConfig } from "./samplers.js";
import { Challenger } from "./serving.js";
import { Space } from "./space.js";
import { SweepState } from "./sweep.js";
import { TerminatorFigures } from "./sweepLog.js";
import { SweepTrainer, TrainerKind } from "./sweepTrainer.js";
import { TerminatorConfig } from "./terminator.js";

/** What the API answers with. Times are UTC instants; durations are milliseconds. */

const Instant = z.iso.datetime();

export const Exclusion = z.object({ by: z.string(), reason: z.string(), at: Instant });

export const RunView = z.object({
  id: Id,
  sweepId: Id.nullable(),
  sweepName: z.string().nullable(),
  /** Counts from 1 within the sweep; for a single run, within the project. */
  number: z.int(),
  name: z.string(),
  state: RunState,
  /** Why it is in this state, in words, such as "pruned at epoch 7, below the median 0.842". */
  stateReason: z.string().nullable(),
  /** Of a queued run: what it waits for, in words, where that is more than a free slot. */
  waitReason: z.string().nullable(),
  params: Params,
  /** Why the sampler chose these params. */
  samplerReason: z.record(z.string(), z.json()).nullable(),
  /** Of the sweep's settings that its params come from. */
  version: z.int(),
  trainer: TrainerKind,
  /** Null where the trainer follows none. */
  plan: TrainPlan.nullable(),
  engine: EngineId.nullable(),
  /** Runs of one point share it; counts from 1 within the sweep. */
  point: z.int().nullable(),
  /** Which repetition of its point it is, from 1, and which fold validates, from 0. */
  repeat: z.int().nullable(),
  fold: z.int().nullable(),
  attempt: z.int(),
  priority: z.int(),
  tags: z.array(z.string()),
  note: z.string(),
  excluded: Exclusion.nullable(),
  /** Finished epochs, and those planned. */
  epoch: z.int(),
  epochs: z.int(),
  /** The sweep's objective after the last finished epoch. */
  objective: MetricValue,
  /** Last value of each metric; those of the report are named `test.accuracy`, `test.f1_macro`… */
  metrics: z.record(MetricName, MetricValue),
  createdAt: Instant,
  /** When it last entered the queue. */
  queuedAt: Instant.nullable(),
  /** When its first attempt began. */
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  /** Time spent training, all attempts together. */
  trainMs: z.int(),
  workerName: z.string().nullable(),
  slot: z.int().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunView = z.infer<typeof RunView>;

export const AttemptView = z.object({
  number: z.int(),
  workerName: z.string(),
  slot: z.int(),
  device: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** Epoch of the checkpoint it went on from; 0: from the start. */
  fromEpoch: z.int(),
  /** Null while it lasts. */
  outcome: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** The end of what its trainer, or its program, had to say; null before it says anything. */
  log: z.string().nullable(),
});
export type AttemptView = z.infer<typeof AttemptView>;

export const RunCounts = z.record(RunState, z.int());
export type RunCounts = z.infer<typeof RunCounts>;

export const BestRun = z.object({
  runId: Id,
  number: z.int(),
  name: z.string(),
  params: Params,
  metric: MetricName,
  value: z.number(),
  /** Of a point with several runs: `value` is their mean, and this their standard deviation. */
  point: z.object({ number: z.int(), runs: z.int(), std: z.number() }).nullable(),
  /** From its report; null until it has one. A regression has neither accuracy nor F1. */
  test: z
    .object({
      accuracy: z.number().nullable(),
      f1Macro: z.number().nullable(),
      loss: z.number().nullable(),
    })
    .nullable(),
});
export type BestRun = z.infer<typeof BestRun>;

/** The best run, and what became of the others. */
export const BestAnswer = BestRun.extend({
  /** Runs as good as this one to the last bit, which has the lowest number of them. */
  ties: z.array(Id),
  /** Of the runs that were looked at, how many could not win, and why. */
  passedOver: z.object({
    excluded: z.int(),
    /** Failed, diverged, pruned or cancelled. */
    unsuccessful: z.int(),
    unfinished: z.int(),
    /** Completed, but the metric is missing or not finite. */
    withoutMetric: z.int(),
    /** Against a constraint of their sweep. */
    infeasible: z.int(),
    /** Not let through by the filter. */
    filtered: z.int(),
  }),
});
export type BestAnswer = z.infer<typeof BestAnswer>;

/** The runs of a sweep that no other beats in every objective. */
export const ParetoView = z.object({
  objectives: z.array(Objective),
  /** By number; `values` in the order of the objectives. */
  front: z.array(
    z.object({
      runId: Id,
      number: z.int(),
      name: z.string(),
      params: Params,
      values: z.array(z.number()),
    }),
  ),
  /** What the front dominates, up to the reference point. */
  hypervolume: z.number(),
  /** As bad as a value can be and still count. */
  reference: z.array(z.number()),
  /** How the hypervolume grew, point by point. */
  history: z.array(z.object({ number: z.int(), hypervolume: z.number() })),
});
export type ParetoView = z.infer<typeof ParetoView>;

export const SweepView = z.object({
  id: Id,
  name: z.string(),
  description: z.string(),
  state: SweepState,
  stateReason: z.string().nullable(),
  plan: z.record(z.string(), z.json()),
  space: Space,
  sampler: SamplerConfig,
  pruner: PrunerConfig,
  trainer: SweepTrainer,
  /** The first of `objectives`. */
  objective: Objective,
  objectives: z.array(Objective),
  constraints: z.array(MetricConstraint),
  /** Runs of one point: their mean is its objective. */
  repeats: z.int(),
  folds: z.int().nullable(),
  budget: Budget,
  /** Runs that will be made in all, if known: the budget, or the grid's cells. */
  plannedRuns: z.int().nullable(),
  target: z.number().nullable(),
  terminator: TerminatorConfig.nullable(),
  /** What the terminator `regret_bound` last found; null: nothing yet. */
  terminatorFigures: TerminatorFigures.nullable(),
  /** Of its settings: each live edit makes the next one. */
  version: z.int(),
  /** Sweeps whose runs its sampler knew from the start. */
  warmStart: z.array(Id),
  forkedFrom: Id.nullable(),
  parallelism: z.int().nullable(),
  priority: z.int(),
  /** Its share of the slots beside other sweeps of its project and priority. */
  weight: z.number(),
  seed: z.int(),
  tags: z.array(z.string()),
  promote: PromoteWinner.nullable(),
  /** What came of `promote` when the sweep last completed; null: nothing yet. */
  promotion: WinnerPromotion.nullable(),
  counts: RunCounts,
  best: BestRun.nullable(),
  /** Epochs finished and planned by all runs so far, for a progress bar. */
  epochsDone: z.int(),
  epochsPlanned: z.int(),
  createdBy: z.string(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  updatedAt: Instant,
});
export type SweepView = z.infer<typeof SweepView>;

export const ArtifactKind = z.enum([
  "dataset",
  "checkpoint",
  "best_checkpoint",
  "weights",
  "model",
  /** A file that a program has left. */
  "output",
  "export",
  /** The pictures of a batch. */
  "batch",
]);
export type ArtifactKind = z.infer<typeof ArtifactKind>;

export const ArtifactView = z.object({
  id: Id,
  runId: Id.nullable(),
  kind: ArtifactKind,
  fileName: z.string(),
  mediaType: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  createdAt: Instant,
});
export type ArtifactView = z.infer<typeof ArtifactView>;

export const ModelVersionView = z.object({
  model: z.string(),
  version: z.int(),
  runId: Id,
  runName: z.string(),
  artifactId: Id,
  sha256: z.string(),
  aliases: z.array(z.string()),
  metrics: z.record(MetricName, MetricValue),
  params: Params,
  /** Of the data that the run trained on; null for versions whose run had none. */
  dataset: z.object({ name: z.string(), version: z.int() }).nullable(),
  /** Of the worker that trained it; null if it is no longer known. */
  codeVersion: z.string().nullable(),
  licence: z.string(),
  tags: z.array(z.string()),
  promotedBy: z.string(),
  reason: z.string(),
  createdAt: Instant,
});
export type ModelVersionView = z.infer<typeof ModelVersionView>;

export const ModelView = z.object({
  id: Id,
  name: z.string(),
  createdAt: Instant,
  policy: PromotionPolicy.nullable(),
  /** How many versions without an alias are kept, newest first; null: all. */
  keepVersions: z.int().nullable(),
  /** How another version is tried on the champion's requests; null: none is. */
  challenger: Challenger.nullable(),
  versions: z.array(ModelVersionView),
});
export type ModelView = z.infer<typeof ModelView>;

export const WorkerView = z.object({
  id: Id,
  name: z.string(),
  host: z.string(),
  pid: z.int(),
  version: z.string(),
  state: z.enum(["active", "draining", "stopped", "lost"]),
  /** Why it does not work although it is alive, in words; null while it works. */
  trouble: z.string().nullable(),
  /** Null while it takes runs. With it the state is `draining`, and stays so once no slot is busy. */
  drain: WorkerDrain.nullable(),
  slots: z.array(
    z.object({
      slot: z.int(),
      device: z.string(),
      runId: Id.nullable(),
      runName: z.string().nullable(),
    }),
  ),
  /** Whether it runs programs, by its WORKER_COMMANDS. */
  commands: z.boolean(),
  startedAt: Instant,
  lastSeenAt: Instant,
});
export type WorkerView = z.infer<typeof WorkerView>;

export const QueueView = z.object({
  /** Runs by state, from Postgres. */
  runs: RunCounts,
  /** Delivery, from Redis; null while Redis does not answer. */
  jobs: z
    .array(
      z.object({
        queue: z.string(),
        waiting: z.int(),
        prioritized: z.int(),
        active: z.int(),
        delayed: z.int(),
        failed: z.int(),
      }),
    )
    .nullable(),
  slots: z.object({ total: z.int(), busy: z.int() }),
  /** Age of the run that has waited longest. */
  longestWaitMs: z.int().nullable(),
  /** Why runs wait, in words; null if none does. */
  waitReason: z.string().nullable(),
});
export type QueueView = z.infer<typeof QueueView>;

export const Scope = z.enum(["read", "submit", "promote", "predict", "admin"]);
export type Scope = z.infer<typeof Scope>;

export const ApiKeyView = z.object({
  id: Id,
  name: z.string(),
  /** Its first characters, to tell keys apart. */
  prefix: z.string(),
  scopes: z.array(Scope),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;

/** What a model says of a class or a label. */
export const Prediction = z.object({
  label: z.int(),
  name: z.string(),
  probability: z.number(),
});
export type Prediction = z.infer<typeof Prediction>;

/** What a regression says of a target. */
export const Estimate = z.object({
  /** Of the target, from 0. */
  label: z.int(),
  name: z.string(),
  value: z.number(),
});
export type Estimate = z.infer<typeof Estimate>;

const Answered = z.object({
  model: z.string(),
  version: z.int(),
  /** Of a picture, where it was asked for: 0 to 255, rows by rows, in the model's input shape. */
  pixels: z.object({ shape: z.array(z.int()), values: z.array(z.number()) }).optional(),
});

/** One list for each row that was asked about. */
export const PredictAnswer = z.discriminatedUnion("task", [
  /** Most probable first, `top_k` of them. */
  Answered.extend({
    task: z.literal("classification"),
    predictions: z.array(z.array(Prediction)),
  }),
  /** Every label in its order; each has a probability of its own. */
  Answered.extend({ task: z.literal("multi_label"), predictions: z.array(z.array(Prediction)) }),
  /** Every target in its order. */
  Answered.extend({ task: z.literal("regression"), predictions: z.array(z.array(Estimate)) }),
]);
export type PredictAnswer = z.infer<typeof PredictAnswer>;
