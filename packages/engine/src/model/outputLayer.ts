import { type Activation, AppError, type DenseLayer, type Task } from "@sweepyard/contract";
import type { LayerDescription } from "./layerDescription.js";
import { isCategorical, isFromLogits, type ModelTask } from "./modelTask.js";

/** The last layer that the data and the loss ask for. */
export const outputLayer = (task: ModelTask): DenseLayer => ({
  class_name: "Dense",
  units: isBinary(task) ? 1 : task.outputs,
  activation: outputActivation(task),
  use_bias: true,
  kernel_initializer: "glorot_uniform",
  bias_initializer: "zeros",
});

/** Two classes under binary cross-entropy need one output: the probability of the second. */
const isBinary = ({ task, outputs, loss }: ModelTask): boolean =>
  task === "binary" ||
  (task === "classification" && outputs === 2 && loss.name === "binary_crossentropy");

function outputActivation({ task, loss }: ModelTask): Activation {
  if (isFromLogits(loss) || task === "regression") return "linear";
  if (task === "multi_label" || loss.name === "binary_crossentropy") return "sigmoid";
  return "softmax";
}

/**
 * Whether the model's end is what the data and the loss can be measured on.
 * @returns what its outputs are about.
 * @throws {AppError} `shape_mismatch`, naming the layer and what would be right.
 */
export function checkOutput(last: LayerDescription | undefined, task: ModelTask): Task {
  if (last === undefined) throw new AppError("shape_mismatch", "the model has no layers");
  checkLoss(task);
  const { units, activation } = outputLayer(task);
  const [outputs] = last.outputShape;
  const isOneOrTwo = isBinary(task) && outputs === 2; // one-hot rows of two classes
  if (last.outputShape.length !== 1 || (outputs !== units && !isOneOrTwo)) {
    throw new AppError(
      "shape_mismatch",
      `the last layer, "${last.name}", has outputs of shape [${last.outputShape.join(", ")}]; ` +
        `${OUTPUTS[task.task](task.outputs)}: end with a Dense of ${units} units and activation ${activation}`,
    );
  }
  checkActivation(last, task, activation);
  return task.task === "classification" && outputs === 1 && isBinary(task) ? "binary" : task.task;
}

const OUTPUTS: Readonly<Record<Task, (count: number) => string>> = {
  classification: (count) => `the data has ${count} classes`,
  binary: () => "a binary model has one output",
  multi_label: (count) => `the data has ${count} labels`,
  regression: (count) => `the data has ${count} targets`,
};

function checkLoss({ task, loss }: ModelTask): void {
  const cause =
    task === "regression" && (isCategorical(loss) || loss.name === "binary_crossentropy")
      ? "is of probabilities, and the data's targets are numbers: use mean_squared_error, mean_absolute_error or huber"
      : task === "multi_label" && isCategorical(loss)
        ? "is for one class a row, and the data's rows have any number of labels: use binary_crossentropy"
        : undefined;
  if (cause === undefined) return;
  const message = `${loss.name} ${cause}`;
  throw new AppError("shape_mismatch", `loss ${message}`, {
    errors: [{ path: "plan.loss", rule: "shape_mismatch", message }],
  });
}

/** Cross-entropies need probabilities: outputs that can't be negative, between 0 and 1 if binary. */
function checkActivation(last: LayerDescription, task: ModelTask, right: Activation): void {
  const { loss } = task;
  const given = lastActivation(last);
  if (isFromLogits(loss)) {
    if (given !== "softmax" && given !== "sigmoid") return;
    throw new AppError(
      "shape_mismatch",
      `the last layer, "${last.name}", ends in ${given}, which ${loss.name} with from_logits ` +
        `applies itself: use linear, or leave from_logits out`,
    );
  }
  const allowed = isCategorical(loss)
    ? ["softmax", "sigmoid", "softplus"]
    : loss.name === "binary_crossentropy"
      ? ["sigmoid"]
      : undefined;
  if (allowed === undefined || allowed.includes(given)) return;
  throw new AppError(
    "shape_mismatch",
    `the last layer, "${last.name}", ends in ${given}, whose outputs are no ` +
      `probabilities, which ${loss.name} needs: use ${right}`,
  );
}

function lastActivation({ layer }: LayerDescription): string {
  if ("activation" in layer) return layer.activation;
  return layer.class_name === "Softmax" ? "softmax" : layer.class_name;
}
