import {
  AppError,
  type Budget,
  type FieldError,
  type Id,
  type PatchSweep,
  parseSweep,
  type Space,
  type SweepView,
} from "@sweepyard/contract";
import type { EditedSweep } from "@sweepyard/db";
import { acceptSweep } from "./acceptPlan.js";
import type { ApiDeps } from "./apiDeps.js";
import { toSubmission } from "./sweepSubmission.js";

/**
 * Checks a live edit as if the sweep that it leads to were submitted now.
 * @throws {AppError} `invalid_request` with one entry per broken field.
 */
export async function acceptEdit(
  deps: Pick<ApiDeps, "db" | "maxParameters">,
  projectId: Id,
  sweep: SweepView,
  patch: PatchSweep,
): Promise<EditedSweep> {
  const errors = Object.entries(patch.space ?? {}).flatMap(([name, { type }]) =>
    dimensionErrors(sweep.space, name, type),
  );
  errors.push(...populationErrors(sweep, patch));
  if (errors.length > 0)
    throw new AppError("invalid_request", "the edit was not accepted", { errors });
  const { space = {}, budget = {}, reason: _, ...rest } = patch;
  const given = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, v ?? undefined]));
  const submission = {
    ...toSubmission(sweep),
    ...given,
    space: { ...sweep.space, ...space },
    budget: mergeBudget(sweep.budget, budget),
  };
  const { sweep: accepted, plannedRuns } = await acceptSweep(
    deps,
    projectId,
    parseSweep(withoutAbsent(submission)),
  );
  const isOtherGrid = accepted.sampler.name === "grid" && patch.space !== undefined;
  return {
    version: sweep.version,
    space: accepted.space,
    sampler: accepted.sampler,
    pruner: accepted.pruner,
    budget: accepted.budget,
    // Which of a new grid's cells have had their run already only the sampler can tell.
    plannedRuns: isOtherGrid ? (accepted.budget.runs ?? null) : plannedRuns,
    target: accepted.target ?? null,
    terminator: accepted.terminator ?? null,
    parallelism: accepted.parallelism ?? null,
  };
}

/** Runs that wait to be compared count their epochs by the sampler that they began with. */
function populationErrors({ sampler: old }: SweepView, { sampler }: PatchSweep): FieldError[] {
  if (sampler === undefined || (old.name !== "pbt" && sampler.name !== "pbt")) return [];
  const interval = (each: typeof sampler) =>
    each.name === "pbt" ? each.perturbation_interval : undefined;
  if (interval(old) === interval(sampler)) return [];
  const path = old.name === sampler.name ? "sampler.perturbation_interval" : "sampler.name";
  return [{ path, rule: "fixed", message: "can't change while a population trains: fork" }];
}

function dimensionErrors(space: Space, name: string, type: string): FieldError[] {
  const path = `space.${name}`;
  const old = Object.hasOwn(space, name) ? space[name] : undefined;
  if (old === undefined)
    return [
      {
        path,
        rule: "unknown_dimension",
        message: `is not in the space (${Object.keys(space).join(", ")}); a new dimension needs a fork`,
      },
    ];
  if (old.type === type) return [];
  return [
    { path: `${path}.type`, rule: "fixed", message: `is ${old.type}; another type needs a fork` },
  ];
}

function mergeBudget(old: Budget, changes: NonNullable<PatchSweep["budget"]>) {
  return Object.fromEntries(
    Object.entries({ ...old, ...withoutAbsent(changes) }).filter(([, limit]) => limit !== null),
  );
}

const withoutAbsent = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
