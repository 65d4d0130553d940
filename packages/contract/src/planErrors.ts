import { z } from "zod";
import type { FieldError } from "./appError.js";
import type { Params } from "./paramValue.js";
import { TrainPlan } from "./plan.js";
import { planParams, resolvePlan } from "./planTemplate.js";
import { probePoints } from "./probePoints.js";
import { Space } from "./space.js";
import type { CreateSweep } from "./sweep.js";
import { toFieldErrors } from "./zodErrors.js";

/** What is wrong with the plan of a sweep that is wrong elsewhere too, so that all is told at once. */
export function planErrors(input: unknown): FieldError[] {
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
  return errorsAt(plan, {});
}

/** Where plan and space do not name the same params. */
export function unboundErrors({ plan, space }: CreateSweep): FieldError[] {
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

/** What is wrong with a plan at the ends of its dimensions, each field once. */
export function probeErrors({ plan, space }: Pick<CreateSweep, "plan" | "space">): FieldError[] {
  const seen = new Map<string, FieldError>();
  for (const params of probePoints(space)) {
    for (const error of errorsAt(plan, params))
      if (!seen.has(error.path))
        seen.set(error.path, {
          ...error,
          message: `${error.message} (tried with ${JSON.stringify(params)})`,
        });
  }
  return [...seen.values()];
}

function errorsAt(plan: CreateSweep["plan"], params: Params): FieldError[] {
  const resolved = resolvePlan(plan, params);
  const result = TrainPlan.safeParse(resolved);
  return result.success ? [] : toFieldErrors(result.error, "plan", resolved);
}
