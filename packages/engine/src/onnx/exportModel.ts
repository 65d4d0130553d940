import { AppError, type TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "../dataset.js";
import { describeModel } from "../model/describeModel.js";
import { modelTask } from "../model/modelTask.js";
import type { Tensor, Tensors } from "../tensor.js";
import { addNetwork } from "./network.js";
import { encodeModel, graphProto } from "./onnxModel.js";
import { OpGraph } from "./opGraph.js";
import { WHOLE_WEIGHTS, weightBlocks } from "./weightBlocks.js";

/** Names in an exported model, for any program that reads .onnx files. */
export const IMAGE = "image"; // float32 [batch, ...inputShape], pixels in 0..1
export const PROBABILITIES = "probabilities"; // float32 [batch, classes]
export const CLASS_NAMES = "class_names"; // metadata: JSON array of strings
const INPUT = "input"; // metadata: what `image` holds, in words

/**
 * The trained model as an .onnx file: input `image`, output `probabilities`.
 * @throws {AppError} `shape_mismatch` if the weights are not the model's.
 */
export function exportModel(
  plan: Pick<TrainPlan, "model" | "loss">,
  data: Pick<Dataset, "inputShape" | "classNames" | "task">,
  weights: Tensors,
): Uint8Array {
  const description = describeModel(plan.model, modelTask(plan, data));
  const graph = new OpGraph();
  const flat = graph.add("Flatten", [IMAGE], { axis: 1 });
  const blocks = weightBlocks(description, WHOLE_WEIGHTS);
  const { probabilities } = addNetwork(graph, description, blocks, flat);
  graph.rename(probabilities, PROBABILITIES);
  for (const { id, shape } of blocks) graph.constant(id, shape, weightOf(weights, id, shape).data);
  return encodeModel(
    graphProto("classifier", graph, {
      inputs: [{ name: IMAGE, type: "float32", shape: ["batch", ...data.inputShape] }],
      outputs: [{ name: PROBABILITIES, type: "float32", shape: ["batch", description.outputs] }],
    }),
    {
      [CLASS_NAMES]: JSON.stringify(data.classNames),
      [INPUT]: `float32 [batch, ${data.inputShape.join(", ")}]: pixels divided by 255, so 0 to 1, light on dark as in the training data`,
    },
  );
}

function weightOf(weights: Tensors, name: string, shape: readonly number[]): Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    throw new AppError(
      "shape_mismatch",
      `weight ${name} is ${tensor === undefined ? "missing" : `[${tensor.shape.join(", ")}]`}; ` +
        `the model needs [${shape.join(", ")}]`,
    );
  }
  return tensor;
}
