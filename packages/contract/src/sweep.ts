import { z } from "zod";
import { AppError, type FieldError } from "./appError.js";
import { conditionHolds } from "./condition.js";
import { Id } from "./ids.js";
import { EPOCH_METRICS, REPORT_METRICS, risesByDefault } from "./metrics.js";
import { constraintHolds, toLinearForm } from "./paramConstraint.js";
import { Params } from "./paramValue.js";
import { TrainPlan } from "./plan.js";
import { planParams, resolvePlan } from "./planTemplate.js";
import { PrunerConfig } from "./pruners.js";
import { requirePlainJson } from "./requirePlainJson.js";
import { SamplerConfig } from "./samplers.js";
import { probeValues, Space } from "./space.js";
import { strictObject } from "./strictObject.js";
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
 * and errors are minimized and all else is maximized. A metric of the report comes only at a run's end, too
 * late for a pruner.
 */
export const Objective = z.preprocess(
  (objective: { metric?: string; direction?: Direction }) =>
    fallsWithoutDirection(objective) ? { ...objective, direction: "minimize" } : objective,
  strictObject({
    metric: z.enum([...EPOCH_METRICS, ...REPORT_METRICS]).default("val_accuracy"),
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

const Tags = z.array(z.string().min(1).max(64)).max(32);

export const CreateSweep = strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).default(""),
  /** A TrainPlan in which any value may be {"$param": "<dimension>"}. */
  plan: z.record(z.string(), z.json()),
  space: Space,
  sampler: SamplerConfig.default({ name: "grid" }),
  pruner: PrunerConfig.default({ name: "none" }),
  objective: Objective.default({ metric: "val_accuracy", direction: "maximize" }),
  budget: Budget.default({}),
  /** Make no further runs once a completed run's objective is as good as this. */
  target: z.number().optional(),
  /** Make no further runs once more of them promise no gain. */
  terminator: TerminatorConfig.optional(),
  /** Most runs queued or running at one time; absent: as many as the workers have slots for. */
  parallelism: z.int().min(1).max(10_000).optional(),
  priority: Priority.default(50),
  seed: z.int().min(0).max(4_294_967_295).default(0),
  tags: Tags.default([]),
  /** Sweeps whose runs, where they fit the space, are known to the sampler from the start. */
  warm_start: strictObject({ sweeps: z.array(Id).min(1).max(20) }).optional(),
  /** To be tried first, in this order. What a point leaves out the sampler chooses. */
  points: z.array(Params).max(1_000).default([]),
});
export type CreateSweep = z.infer<typeof CreateSweep>;

export const CreateRun = strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  plan: TrainPlan,
  priority: Priority.default(50),
  tags: Tags.default([]),
});
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
  const errors = [
    ...unboundErrors(parsed.data),
    ...budgetErrors(parsed.data),
    ...objectiveErrors(parsed.data),
  ];
  if (errors.length === 0) errors.push(...probeErrors(parsed.data));
  if (errors.length > 0)
    throw new AppError("invalid_request", "the sweep was not accepted", { errors });
  return parsed.data;
}

/** What is wrong with the plan of a sweep that is wrong elsewhere too, so that all is told at once. */
function planErrors(input: unknown): FieldError[] {
  const sweep = z
    .object({ plan: z.record(z.string(), z.json()), space: z.unknown() })
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

function objectiveErrors({ plan, objective }: CreateSweep): FieldError[] {
  if (plan.validation_split !== 0 || !objective.metric.startsWith("val_")) return [];
  const metric = objective.metric.replace("val_", "");
  return [
    {
      path: "objective.metric",
      rule: "no_validation",
      message: `nothing validates with validation_split 0: raise it, or take "${metric}"`,
    },
  ];
}

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
