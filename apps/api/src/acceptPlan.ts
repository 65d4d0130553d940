import {
  AppError,
  type CreateSweep,
  type DatasetView,
  type FieldError,
  type Id,
  parseSweep,
  planParams,
  probePoints,
  resolvePlan,
  TrainPlan,
} from "@sweepyard/contract";
import { type Db, getDataset } from "@sweepyard/db";
import { describeModel } from "@sweepyard/engine";
import { gridSize } from "@sweepyard/search";

/**
 * Checks a single run's plan against its data, and names the data's version in it.
 * @throws {AppError} `invalid_request` if there is no such data set, `shape_mismatch` if the
 *   model doesn't fit it.
 */
export async function acceptPlan(db: Db, projectId: Id, plan: TrainPlan): Promise<TrainPlan> {
  const dataset = await requireDataset(db, projectId, plan.data);
  const error = modelError(plan, dataset);
  if (error !== undefined) throw refused([error], "shape_mismatch");
  return { ...plan, data: { ...plan.data, version: dataset.version } };
}

/**
 * Checks all of a sweep before anything of it is stored: its fields, its plan at the ends of
 * every dimension, its data, the shapes of its models, and that a grid can be counted.
 * @throws {AppError} as `parseSweep` and `acceptPlan` do.
 */
export async function acceptSweep(
  db: Db,
  projectId: Id,
  body: unknown,
): Promise<{ sweep: CreateSweep; plannedRuns: number | null }> {
  const sweep = parseSweep(body);
  const varying = planParams(sweep.plan).filter(({ path }) => path.split(".")[0] === "data");
  if (varying.length > 0)
    throw refused(
      varying.map(({ path }) => ({
        path: `plan.${path}`,
        rule: "fixed",
        message: "can't vary within a sweep: its runs would not compare",
      })),
    );
  const plannedRuns = countRuns(sweep);
  const plans = [...probePoints(sweep.space)].map((params) => ({
    params,
    plan: TrainPlan.parse(resolvePlan(sweep.plan, params)),
  }));
  const { data } = TrainPlan.parse(plans[0]?.plan);
  const dataset = await requireDataset(db, projectId, data);
  for (const { params, plan } of plans) {
    const error = modelError(plan, dataset);
    if (error === undefined) continue;
    const message = `${error.message} (tried with ${JSON.stringify(params)})`;
    throw refused([{ ...error, message }], "shape_mismatch");
  }
  const pinned = { dataset: dataset.name, version: dataset.version };
  return { sweep: { ...sweep, plan: { ...sweep.plan, data: pinned } }, plannedRuns };
}

/** null: nobody knows before the sampler says that it is done. */
function countRuns({ sampler, space, budget }: CreateSweep): number | null {
  if (sampler.name !== "grid") return budget.runs ?? null;
  return Math.min(gridSize(space), budget.runs ?? Number.POSITIVE_INFINITY);
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

function modelError(plan: TrainPlan, dataset: DatasetView): FieldError | undefined {
  try {
    describeModel(plan.model, dataset.inputShape, dataset.classNames.length);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { path: "plan.model", rule: error.code, message: error.message };
  }
}

const refused = (
  errors: FieldError[],
  code: "invalid_request" | "shape_mismatch" = "invalid_request",
) =>
  new AppError(code, errors.map(({ path, message }) => `${path}: ${message}`).join("; "), {
    errors,
  });
