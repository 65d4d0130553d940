import {
  AppError,
  type CreateSweep,
  type DatasetView,
  type FieldError,
  type Id,
  planParams,
  probePoints,
  resolvePlan,
  runsOfPoint,
  TrainPlan,
} from "@sweepyard/contract";
import { type Db, getDataset } from "@sweepyard/db";
import { gridSize } from "@sweepyard/search";
import type { ApiDeps } from "./apiDeps.js";
import { checkRows } from "./checkRows.js";
import { objectiveErrors } from "./objectiveErrors.js";
import { planErrors } from "./planErrors.js";
import { fixedErrors, pointErrors } from "./sweepSubmission.js";

type AcceptDeps = Pick<ApiDeps, "db" | "maxParameters">;

/**
 * Checks a single run's plan against its data, and names the data's version in it.
 * @throws {AppError} `invalid_request` if there is no such data set, `shape_mismatch` if the
 *   model doesn't fit it.
 */
export async function acceptPlan(
  { db, maxParameters }: AcceptDeps,
  projectId: Id,
  plan: TrainPlan,
): Promise<TrainPlan> {
  const dataset = await requireDataset(db, projectId, plan.data);
  const errors = planErrors(plan, dataset, maxParameters);
  if (errors.length > 0) throw refused(errors);
  return { ...plan, data: { ...plan.data, version: dataset.version } };
}

/**
 * Checks what only the server knows of a sweep that `parseSweep` has passed, before anything of it
 * is stored: its data, the shapes of its models at the ends of every dimension, and that a grid
 * can be counted.
 * @throws {AppError} as `acceptPlan` does.
 */
export async function acceptSweep(
  { db, maxParameters }: AcceptDeps,
  projectId: Id,
  sweep: CreateSweep,
): Promise<{ sweep: CreateSweep; plannedRuns: number | null }> {
  const varying = planParams(sweep.plan).filter(
    ({ path }) => path.split(".")[0] === "data" && path !== "data.preprocessing",
  );
  if (varying.length > 0)
    throw refused(
      varying.map(({ path }) => ({
        path: `plan.${path}`,
        rule: "fixed",
        message: "can't vary within a sweep: its runs would not compare",
      })),
    );
  const unfit = [...pointErrors(sweep.space, sweep.points), ...fixedErrors(sweep)];
  if (unfit.length > 0) throw refused(unfit);
  const plannedRuns = countRuns(sweep);
  if (sweep.trainer.kind !== "engine") return { sweep, plannedRuns };
  const plans = [...probePoints(sweep.space)].map((params) => ({
    params,
    plan: TrainPlan.parse(resolvePlan(sweep.plan, params)),
  }));
  const { data } = TrainPlan.parse(plans[0]?.plan);
  const dataset = await requireDataset(db, projectId, data);
  for (const { params, plan } of plans) {
    const errors = planErrors(plan, dataset, maxParameters);
    if (errors.length === 0) continue;
    const tried = Object.keys(params).length > 0 ? ` (tried with ${JSON.stringify(params)})` : "";
    throw refused(errors.map((error) => ({ ...error, message: `${error.message}${tried}` })));
  }
  const validates =
    sweep.folds !== undefined ||
    plans.some(({ plan }) => checkRows(plan, dataset).validation.length > 0);
  const unmeasured = objectiveErrors(sweep, dataset, validates);
  if (unmeasured.length > 0) throw refused(unmeasured);
  const pinned = { ...data, dataset: dataset.name, version: dataset.version };
  return { sweep: { ...sweep, plan: { ...sweep.plan, data: pinned } }, plannedRuns };
}

/** null: nobody knows before the sampler says that it is done. */
function countRuns(sweep: CreateSweep): number | null {
  const { sampler, space, budget } = sweep;
  if (sampler.name !== "grid") return budget.runs ?? null;
  const cells = gridSize(space) * runsOfPoint(sweep);
  return Math.min(cells, budget.runs ?? Number.POSITIVE_INFINITY);
}

async function requireDataset(
  db: Db,
  projectId: Id,
  data: TrainPlan["data"],
): Promise<DatasetView> {
  return getDataset(db, projectId, data.dataset, data.version).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    const path = data.version === undefined ? "plan.data.dataset" : "plan.data.version";
    throw refused([{ path, rule: "unknown_dataset", message: error.message }]);
  });
}

function refused(errors: FieldError[]): AppError {
  const isShape = errors.every(({ rule }) => rule === "shape_mismatch");
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new AppError(isShape ? "shape_mismatch" : "invalid_request", detail, { errors });
}
