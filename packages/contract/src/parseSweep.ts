import { AppError, type FieldError } from "./appError.js";
import { objectiveErrors } from "./objectiveErrors.js";
import { pbtErrors } from "./pbtErrors.js";
import { planErrors, probeErrors, unboundErrors } from "./planErrors.js";
import { promoteErrors } from "./promoteErrors.js";
import { requirePlainJson } from "./requirePlainJson.js";
import { resolveAuto } from "./resolveAuto.js";
import { CreateSweep, runsOfPoint } from "./sweep.js";
import { trainerErrors } from "./trainerErrors.js";
import { toFieldErrors } from "./zodErrors.js";

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
      errors: [...toFieldErrors(parsed.error, "", input), ...planErrors(input)],
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

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
