import type { Id, RunPreview, TrainPlan } from "@sweepyard/contract";
import { getDataset } from "@sweepyard/db";
import { describeModel, modelTask } from "@sweepyard/engine";
import { acceptPlan } from "../acceptPlan.js";
import type { ApiDeps } from "../apiDeps.js";
import { checkRows } from "../checkRows.js";
import { epochSecondsOf } from "./costOf.js";
import { summarizeModel } from "./summarizeModel.js";

/**
 * What submitting a run of `given` would do.
 * @throws {AppError} as submitting it would.
 */
export async function previewRun(
  deps: Pick<ApiDeps, "db" | "maxParameters">,
  projectId: Id,
  given: TrainPlan,
): Promise<RunPreview> {
  const plan = await acceptPlan(deps, projectId, given);
  const dataset = await getDataset(deps.db, projectId, plan.data.dataset, plan.data.version);
  const { train, validation } = checkRows(plan, dataset);
  return {
    plan,
    model: summarizeModel(describeModel(plan.model, modelTask(plan, dataset))),
    trainRows: train.length,
    validationRows: validation.length,
    testRows: dataset.testRows,
    stepsPerEpoch: Math.ceil(train.length / plan.batch_size),
    epochSeconds: await epochSecondsOf(deps.db, projectId, plan, dataset),
  };
}
