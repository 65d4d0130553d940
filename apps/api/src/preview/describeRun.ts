import { AppError, type Id, type ModelSummary } from "@sweepyard/contract";
import { type Db, getDataset, getRun } from "@sweepyard/db";
import { describeModel, modelTask } from "@sweepyard/engine";
import { summarizeModel } from "./summarizeModel.js";

/**
 * The layers of a run's model.
 * @throws {AppError} `not_found` if there is no such run, or its trainer follows no plan.
 */
export async function describeRun(db: Db, projectId: Id, id: Id): Promise<ModelSummary> {
  const { plan, trainer } = await getRun(db, projectId, id);
  if (plan === null)
    throw new AppError("not_found", `the model of a run of the ${trainer} trainer is not known`);
  const dataset = await getDataset(db, projectId, plan.data.dataset, plan.data.version);
  return summarizeModel(describeModel(plan.model, modelTask(plan, dataset)));
}
