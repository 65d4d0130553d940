import { z } from "zod";
import { AppError, type FieldError } from "./appError.js";
import { commandErrors } from "./commandTrainer.js";
import { conditionHolds } from "./condition.js";
import { Id } from "./ids.js";
import { MetricConstraint } from "./metricConstraint.js";
import {
  EPOCH_METRICS,
  MetricName,
  MODEL_METRICS,
  REPORT_METRICS,
  risesByDefault,
} from "./metrics.js";
import { constraintHolds, toLinearForm } from "./paramConstraint.js";
import { Params } from "./paramValue.js";
import { pbtErrors } from "./pbtErrors.js";
import { TrainPlan } from "./plan.js";
import { planParams, resolvePlan } from "./planTemplate.js";
import { PromoteWinner, promoteErrors } from "./promoteWinner.js";
import { PrunerConfig } from "./pruners.js";
import { requirePlainJson } from "./requirePlainJson.js";
import { SamplerConfig } from "./samplers.js";
import { probeValues, Space } from "./space.js";
import { strictObject } from "./strictObject.js";
import { SweepTrainer } from "./sweepTrainer.js";
import { TerminatorConfig } from "./terminator.js";
import { toFieldErrors } from "./zodErrors.js";

export const Direction = z.enum(["minimize", "maximize"]);
export type Direction = z.infer<typeof Direction>;

const fallsWithoutDirection = (objective: unknown): objective is { metric: string } =>
  typeof objective === "object" &&
  objective !== null &&
  !("direction" in objective) &&
  "metric" in objective &&
  !risesByDefault(String(objective.metric));

/**
 * The metric a sweep searches by: its value after a run's last epoch. Without a direction losses
 * and errors are minimized and all else is maximized. A metric of the report comes only at a run's
 * end, too late for a pruner: they are refused together.
 */
export const Objective = z.preprocess(
  (objective: { metric?: string; direction?: Direction }) =>
    fallsWithoutDirection(objective) ? { ...objective, direction: "minimize" } : objective,
  strictObject({
    metric: MetricName.default("val_accuracy"),
    direction: Direction.default("maximize"),
  }),
);
export type Objective = z.infer<typeof Objective>;

/**
 * What a sweep may use; no further run is made once any of it is used up, and those that train
 * are let finish. A grid needs none: it ends with its last cell.
 */
export const Budget = strictObject({
  /** Runs in all. */
  runs: z.int().min(1).max(1_000_000).optional(),
  /** Epochs of all runs together. Those that a stopped run did not train are free again. */
  epochs: z.int().min(1).max(1_000_000_000).optional(),
  /** Time since the sweep was made, pauses included. */
  seconds: z.number().positive().max(1e9).optional(),
  /** Time that runs hold a slot, all attempts together: GPU-seconds where a slot is a GPU. */
  slot_seconds: z.number().positive().max(1e12).optional(),
});
export type Budget = z.infer<typeof Budget>;

/** Higher goes first. */
export const Priority = z.int().min(0).max(100);

/** Twice the weight gets twice the slots, among what has the same priority. */
export const Weight = z.number().min(0.01).max(100);

const Tags = z.array(z.string().min(1).max(64)).max(32);

export const CreateSweep = strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).default(""),
  /** A TrainPlan in which any value may be {"$param": "<dimension>"}. */
  plan: z.record(z.string(), z.json()).default({}),
  trainer: SweepTrainer.default({ kind: "engine" }),
  space: Space,
  sampler: SamplerConfig.default({ name: "grid" }),
  pruner: PrunerConfig.default({ name: "none" }),
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
  terminator: TerminatorConfig.optional(),
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

const createRun = strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  plan: TrainPlan,
  priority: Priority.default(50),
  tags: Tags.default([]),
});
type CreateRunObject = typeof createRun;
/** A name, since tsc writes out types without one wherever the table of routes has them, and gives up at a length. */
export interface CreateRunSchema extends CreateRunObject {}
export const CreateRun: CreateRunSchema = createRun;
export type CreateRun = z.infer<typeof CreateRun>;

export const SweepState = z.enum(["running", "paused", "completed", "cancelled"]);
export type SweepState = z.infer<typeof SweepState>;

/**
 * Parses a sweep and tries its plan at the ends of every dimension, so that a plan that can't
 * work is refused at submission and not by its first run.
 * @throws {AppError} `invalid_request` with one entry per broken field.
 */
export function parseSweep(input: unknown): CreateSweep {
  requirePlainJson(input);
  const parsed = CreateSweep.safeParse(input);
  if (!parsed.success)
    throw new AppError("invalid_request", "the sweep was not accepted", {
      errors: [...toFieldErrors(parsed.error), ...planErrors(input)],
    });
  const [objective = parsed.data.objective] = parsed.data.objectives ?? [];
  const sweep = { ...parsed.data, objective, sampler: resolveAuto(parsed.data) };
  const errors = [
    ...(sweep.trainer.kind === "engine" ? unboundErrors(sweep) : trainerErrors(sweep)),
    ...budgetErrors(sweep),
    ...fixedErrors(sweep),
    ...pbtErrors(sweep),
    ...promoteErrors(sweep),
    ...(isRecord(input) ? objectiveErrors(sweep, input) : []),
    ...groupErrors(sweep),
  ];
  if (errors.length === 0 && sweep.trainer.kind === "engine") errors.push(...probeErrors(sweep));
  if (errors.length > 0)
    throw new AppError("invalid_request", "the sweep was not accepted", { errors });
  return sweep;
}

/** What `auto` chooses by is written down, so that a later look at the sweep tells its choice. */
function resolveAuto(sweep: CreateSweep): SamplerConfig {
  const { sampler, budget, plan, trainer, parallelism } = sweep;
  if (sampler.name === "partial_fixed") {
    const resolved = resolveAuto({ ...sweep, sampler: sampler.sampler });
    return { ...sampler, sampler: resolved as typeof sampler.sampler };
  }
  if (sampler.name !== "auto") return sampler;
  const steps = trainer.kind === "engine" ? plan.epochs : trainer.steps;
  const ofEpochs =
    budget.epochs !== undefined && typeof steps === "number"
      ? Math.max(1, Math.floor(budget.epochs / steps))
      : undefined;
  const runs = sampler.runs ?? budget.runs ?? ofEpochs;
  const slots = sampler.parallelism ?? parallelism;
  const pruner = sampler.pruner ?? sweep.pruner.name;
  const constraints = sampler.constraints ?? sweep.constraints.length;
  return {
    name: "auto",
    ...(runs !== undefined && { runs }),
    ...(slots !== undefined && { parallelism: slots }),
    ...(pruner !== "none" && { pruner }),
    ...(constraints > 0 && { constraints }),
  };
}

/** Params that a partial_fixed sampler fixes and the space does not have. */
function fixedErrors({ sampler, space }: CreateSweep): FieldError[] {
  if (sampler.name !== "partial_fixed") return [];
  return Object.keys(sampler.params)
    .filter((name) => !Object.hasOwn(space, name))
    .map((name) => ({
      path: `sampler.params.${name}`,
      rule: "unknown_dimension",
      message: `is no dimension of the space (${Object.keys(space).join(", ")})`,
    }));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** A point's runs: one for each repetition of each fold. */
export const runsOfPoint = ({ repeats, folds }: Pick<CreateSweep, "repeats" | "folds">): number =>
  repeats * (folds ?? 1);

/** What is wrong with the plan of a sweep that is wrong elsewhere too, so that all is told at once. */
function planErrors(input: unknown): FieldError[] {
  const sweep = z
    .object({
      plan: z.record(z.string(), z.json()),
      space: z.unknown(),
      trainer: z.object({ kind: z.literal("engine") }).optional(),
    })
    .safeParse(input);
  if (!sweep.success) return [];
  const { plan } = sweep.data;
  const space = Space.safeParse(sweep.data.space);
  if (space.success) return probeErrors({ plan, space: space.data });
  const result = TrainPlan.safeParse(resolvePlan(plan, {}));
  return result.success ? [] : toFieldErrors(result.error, "plan");
}

function unboundErrors({ plan, space }: CreateSweep): FieldError[] {
  const used = planParams(plan);
  const unknown = used
    .filter(({ param }) => !Object.hasOwn(space, param))
    .map(({ path, param }) => ({
      path: `plan.${path}`,
      rule: "unknown_dimension",
      message: `refers to $param "${param}", which the space does not have`,
    }));
  const unused = Object.keys(space)
    .filter((name) => !used.some(({ param }) => param === name))
    .map((name) => ({
      path: `space.${name}`,
      rule: "unused_dimension",
      message: `is not used: put {"$param": "${name}"} somewhere in the plan`,
    }));
  return [...unknown, ...unused];
}

/** What does not go with a trainer that follows no plan. */
function trainerErrors({ plan, trainer, budget, pruner, space, folds }: CreateSweep): FieldError[] {
  if (trainer.kind === "engine") return [];
  const errors: FieldError[] = [];
  if (Object.keys(plan).length > 0)
    errors.push({
      path: "plan",
      rule: "no_plan",
      message: `is for Sweepyard's own engines; the ${trainer.kind} trainer follows none: leave it out`,
    });
  if (budget.epochs !== undefined && trainer.steps === undefined)
    errors.push({
      path: "trainer.steps",
      rule: "required",
      message: "is needed with budget.epochs: how many steps a run reports at most",
    });
  if (trainer.kind === "command") errors.push(...commandErrors(trainer, { space, folds }));
  const pauses = pruner.name === "asha" && pruner.mode === "pause_and_promote";
  if (pauses && trainer.kind === "external")
    errors.push({
      path: "pruner.mode",
      rule: "no_checkpoint",
      message: `needs checkpoints to go on from, which the external trainer keeps to itself: take "stop"`,
    });
  if (pauses && trainer.kind === "command" && !trainer.checkpoints)
    errors.push({
      path: "trainer.checkpoints",
      rule: "no_checkpoint",
      message: `is needed by a pruner that pauses: set it if the program goes on from what is in its checkpoint folder, or take pruner.mode "stop"`,
    });
  return errors;
}

function groupErrors({ folds, plan, budget, repeats }: CreateSweep): FieldError[] {
  const errors: FieldError[] = [];
  if (folds !== undefined && plan.split !== undefined)
    errors.push({
      path: "plan.split",
      rule: "folds",
      message: "is set by folds, which makes one run of each fold: leave it out",
    });
  const group = runsOfPoint({ repeats, folds });
  if (budget.runs !== undefined && budget.runs < group)
    errors.push({
      path: "budget.runs",
      rule: "less_than_a_point",
      message: `is ${budget.runs}, and one point takes ${group} runs (repeats times folds)`,
    });
  return errors;
}

/** What compares runs by their epochs, and what would do without; undefined: nothing does. */
function earlyComparison({ pruner, sampler }: CreateSweep) {
  if (pruner.name !== "none")
    return { by: `the ${pruner.name} pruner`, without: 'pruner { "name": "none" }' };
  return sampler.name === "pbt" ? { by: "the pbt sampler", without: "another sampler" } : undefined;
}

function objectiveErrors(sweep: CreateSweep, input: Record<string, unknown>): FieldError[] {
  const { plan, trainer, objective, objectives, constraints, target, terminator } = sweep;
  const errors: FieldError[] = [];
  const fail = (path: string, rule: string, message: string) =>
    errors.push({ path, rule, message });
  if (objectives !== undefined && input.objective !== undefined)
    fail("objectives", "objective_twice", "stands in place of objective: give one of them");
  if (trainer.kind !== "engine" && objectives === undefined && input.objective === undefined)
    fail(
      "objective",
      "required",
      `is needed: only you know what the ${trainer.kind} trainer measures`,
    );
  const all = objectives ?? [objective];
  if (new Set(all.map(({ metric }) => metric)).size < all.length)
    fail("objectives", "duplicate_metric", "names the same metric twice");
  if (target !== undefined && all.length > 1)
    fail("target", "several_objectives", "is for a sweep with one objective");
  if (terminator !== undefined && all.length > 1)
    fail("terminator", "several_objectives", "is for a sweep with one objective");
  if (
    terminator?.name === "regret_bound" &&
    terminator.error.name === "cross_validation" &&
    runsOfPoint(sweep) === 1
  )
    fail(
      "terminator.error",
      "one_run_of_a_point",
      'compares the runs of a point: set folds or repeats, or take "median" or "static"',
    );
  if (trainer.kind !== "engine") return errors;
  const early = earlyComparison(sweep);
  if (early !== undefined && AT_THE_END.includes(objective.metric))
    fail(
      objectives === undefined ? "objective.metric" : "objectives.0.metric",
      "too_late",
      `${objective.metric} is measured once, at a run's end, and ${early.by} compares runs before: take a metric of every epoch, such as "val_accuracy", or ${early.without}`,
    );
  const named = [
    ...all.map(({ metric }, index) => ({
      path: objectives === undefined ? "objective.metric" : `objectives.${index}.metric`,
      metric,
    })),
    ...constraints.map(({ metric }, index) => ({ path: `constraints.${index}.metric`, metric })),
  ];
  for (const { path, metric } of named) {
    if (!ENGINE_METRICS.includes(metric))
      fail(path, "unknown_metric", `is none of ${ENGINE_METRICS.join(", ")}`);
    else if (plan.validation_split === 0 && metric.startsWith("val_"))
      fail(
        path,
        "no_validation",
        `nothing validates with validation_split 0: raise it, or take "${metric.replace("val_", "")}"`,
      );
  }
  return errors;
}

/** What a run measures once, after its last epoch. */
const AT_THE_END: readonly string[] = [...REPORT_METRICS, ...MODEL_METRICS];
/** What Sweepyard's own engines measure. */
const ENGINE_METRICS: readonly string[] = [...EPOCH_METRICS, ...AT_THE_END];

function budgetErrors({ sampler, budget }: CreateSweep): FieldError[] {
  if (sampler.name === "grid" || Object.values(budget).some((limit) => limit !== undefined))
    return [];
  return [
    {
      path: "budget.runs",
      rule: "required",
      message: `is needed, or epochs, seconds or slot_seconds, with the ${sampler.name} sampler, which never ends by itself`,
    },
  ];
}

function probeErrors({ plan, space }: Pick<CreateSweep, "plan" | "space">): FieldError[] {
  const seen = new Map<string, FieldError>();
  for (const params of probePoints(space)) {
    const result = TrainPlan.safeParse(resolvePlan(plan, params));
    if (result.success) continue;
    for (const error of toFieldErrors(result.error, "plan"))
      if (!seen.has(error.path))
        seen.set(error.path, {
          ...error,
          message: `${error.message} (tried with ${JSON.stringify(params)})`,
        });
  }
  return [...seen.values()];
}

/**
 * Points to try a plan at: the first value of every dimension, then each other end of each
 * dimension in turn; none at which a constraint between params is broken.
 */
export function* probePoints(space: Space): Generator<Params> {
  const build = (changed?: string, value?: Params[string]): Params => {
    const params: Params = {};
    for (const [name, dimension] of Object.entries(space)) {
      if (!conditionHolds(dimension.when, params)) continue;
      params[name] = name === changed ? (value ?? null) : (probeValues(dimension)[0] ?? null);
    }
    return params;
  };
  const forms = Object.entries(space).flatMap(([name, { where = [] }]) =>
    where.map((constraint) => toLinearForm(constraint, name)),
  );
  const isAllowed = (params: Params) => forms.every((form) => constraintHolds(form, params));
  const points = [build()];
  for (const [name, dimension] of Object.entries(space))
    for (const value of probeValues(dimension).slice(1)) points.push(build(name, value));
  yield* points.filter(isAllowed);
}
