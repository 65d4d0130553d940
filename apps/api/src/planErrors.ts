import {
  AppError,
  type DatasetView,
  type FieldError,
  type Model,
  type TrainPlan,
} from "@sweepyard/contract";
import { describeModel, modelTask, monitorErrors } from "@sweepyard/engine";
import { checkRows } from "./checkRows.js";

/** What of a plan does not fit its data or this server, one entry each; empty where all does. */
export function planErrors(
  plan: TrainPlan,
  dataset: DatasetView,
  maxParameters: number,
): FieldError[] {
  const errors = [...modelErrors(plan, dataset, maxParameters)];
  try {
    const { validation } = checkRows(plan, dataset);
    errors.push(...monitorErrors(plan.callbacks, dataset.task, validation.length > 0));
  } catch (error) {
    errors.push(...fieldErrors(error, "plan.validation_split"));
  }
  return errors;
}

function modelErrors(plan: TrainPlan, dataset: DatasetView, maxParameters: number): FieldError[] {
  try {
    const { params } = describeModel(plan.model, modelTask(plan, dataset));
    if (params <= maxParameters) return [];
    const message = `has ${params} weights and biases, and this server takes up to ${maxParameters} (MAX_PARAMETERS): make it ${smaller(plan.model)}`;
    return [{ path: "plan.model", rule: "model_size", message }];
  } catch (error) {
    return fieldErrors(error, "plan.model");
  }
}

const smaller = (model: Model): string =>
  "template" in model && model.template === "mlp"
    ? "less deep or give it fewer units"
    : "less deep, pool more before Flatten, or give it fewer filters and units";

function fieldErrors(error: unknown, path: string): FieldError[] {
  if (!(error instanceof AppError)) throw error;
  const { code, message, errors } = error;
  return errors.length > 0 ? [...errors] : [{ path, rule: code, message }];
}
