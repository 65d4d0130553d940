import { AppError, type Model, type Task } from "@sweepyard/contract";
import { describeLayer } from "./describeLayer.js";
import type { LayerDescription, WeightDescription } from "./layerDescription.js";
import { LayerNames } from "./layerNames.js";
import { modelLayers } from "./modelLayers.js";
import type { ModelTask } from "./modelTask.js";
import { checkOutput } from "./outputLayer.js";

export interface ModelDescription extends Pick<ModelTask, "inputShape" | "loss"> {
  readonly layers: readonly LayerDescription[];
  /** Layer by layer, as Keras' `Model.weights` of each layer, moving statistics included. */
  readonly weights: readonly WeightDescription[];
  readonly params: number;
  readonly trainableParams: number;
  /** Of the forward pass of one row, as `LayerDescription.flops`. */
  readonly flops: number;
  /** Numbers that the model gives for each row. */
  readonly outputs: number;
  /** What they are about: `binary` is one output for two classes. */
  readonly task: Task;
}

/**
 * The model's layers with their names, shapes, parameter counts and FLOPs, as Keras' summary() has
 * them. Layers for images take data of two axes, such as [28, 28], as images of one channel.
 * @throws {AppError} `shape_mismatch`, naming the plan's field, the layer and what would be right,
 *   where the model cannot work on such data; `invalid_request` if two layers have one name.
 */
export function describeModel(model: Model, task: ModelTask): ModelDescription {
  const names = new LayerNames();
  const layers: LayerDescription[] = [];
  let shape = task.inputShape;
  const pathOf = (index: number) =>
    "layers" in model ? `plan.model.layers.${index}` : "plan.model";
  for (const [index, layer] of modelLayers(model, task).entries()) {
    const described = at(pathOf(index), () => describeLayer(layer, shape, names));
    layers.push(described);
    shape = described.outputShape;
  }
  const sum = (of: "params" | "trainableParams" | "flops") =>
    layers.reduce((total, layer) => total + layer[of], 0);
  const about = at(pathOf(layers.length - 1), () => checkOutput(layers.at(-1), task));
  return {
    inputShape: task.inputShape,
    loss: task.loss,
    layers,
    weights: layers.flatMap(({ weights }) => weights),
    params: sum("params"),
    trainableParams: sum("trainableParams"),
    flops: sum("flops"),
    outputs: shape[0] as number,
    task: about,
  };
}

/** What goes wrong is told of the plan's field at `path`, unless it names one itself. */
function at<Result>(path: string, describe: () => Result): Result {
  try {
    return describe();
  } catch (error) {
    if (!(error instanceof AppError) || error.errors.length > 0) throw error;
    const { code, message } = error;
    throw new AppError(code, message, { errors: [{ path, rule: code, message }] });
  }
}
