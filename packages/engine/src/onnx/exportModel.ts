import { AppError, type Loss, type Task, type TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "../dataset.js";
import type { InputScaling } from "../inputScaling.js";
import { describeModel } from "../model/describeModel.js";
import { isCategorical, isFromLogits, modelTask } from "../model/modelTask.js";
import type { Tensors } from "../tensor.js";
import { heldWeights, toHeld } from "./heldWeights.js";
import { addNetwork } from "./network/addNetwork.js";
import type { NetworkContext } from "./network/networkContext.js";
import { encodeModel, graphProto } from "./onnxModel.js";
import { OpGraph, type Value } from "./opGraph.js";

/** Names in an exported model, for any program that reads .onnx files. */
export const CLASS_NAMES = "class_names"; // metadata: JSON array of strings
export const TASK = "task"; // metadata: classification, binary, multi_label or regression
/** Constants that hold the scaling of the inputs, where there is one. */
export const INPUT_SCALE = "input_scale";
export const INPUT_OFFSET = "input_offset";
const INPUT = "input"; // metadata: what the input holds, in words
const OUTPUT = "output"; // metadata: what the output holds, in words

/** float32 [batch, ...inputShape] */
export const inputName = (shape: readonly number[]) => (shape.length > 1 ? "image" : "features");
/** float32 [batch, outputs] */
export const outputName = (task: Task) => (task === "regression" ? "predictions" : "probabilities");

/**
 * The trained model as an .onnx file for inference: normalisation uses its moving statistics,
 * dropout and noise are gone, and logits are turned into probabilities.
 * @param scaling what the file's model does to its inputs first (`modelScaling`); absent: nothing.
 * @throws {AppError} `shape_mismatch` if the weights are not the model's.
 */
export function exportModel(
  plan: Pick<TrainPlan, "model" | "loss">,
  data: Pick<Dataset, "inputShape" | "classNames" | "task">,
  weights: Tensors,
  scaling?: InputScaling,
): Uint8Array {
  const { inputShape } = data;
  const model = describeModel(plan.model, modelTask(plan, data));
  const graph = new OpGraph();
  const input = inputName(inputShape);
  const output = outputName(model.task);
  for (const held of heldWeights(model)) {
    const data = checkedWeight(weights, held.name, held.weightShape);
    graph.constant(held.name, held.shape, toHeld(held, data));
  }
  const context: NetworkContext = {
    graph,
    training: false,
    weight: (name) => name,
    isTransposed: () => false,
    scalar: (_, value) => graph.scalar(value),
    unsigned: (_, value) => graph.unsigned(value),
    setState: () => undefined,
  };
  const scaled = scaling === undefined ? input : addScaling(graph, input, scaling);
  const flat = graph.add("Flatten", [scaled], { axis: 1 });
  const outputs = addNetwork(context, model, flat);
  graph.rename(graph.add("Identity", [probabilities(graph, plan.loss, outputs)]), output);
  return encodeModel(
    graphProto("model", graph, {
      inputs: [{ name: input, type: "float32", shape: ["batch", ...inputShape] }],
      outputs: [{ name: output, type: "float32", shape: ["batch", model.outputs] }],
    }),
    {
      [CLASS_NAMES]: JSON.stringify(data.classNames),
      [TASK]: model.task,
      [INPUT]: inputWords(inputShape, scaling),
      [OUTPUT]: OUTPUT_WORDS[model.task],
    },
  );
}

const OUTPUT_WORDS: Readonly<Record<Task, string>> = {
  classification: "a probability for each class, in the order of class_names",
  binary: "the probability of the second of class_names",
  multi_label: "the probability of each label, in the order of class_names",
  regression: "the targets, in the order of class_names",
};

function inputWords(shape: readonly number[], scaling: InputScaling | undefined): string {
  const form = `float32 [batch, ${shape.join(", ")}]`;
  const scaled = scaling === undefined ? "" : "; the model scales them itself";
  return shape.length > 1
    ? `${form}: pixels divided by 255, so 0 to 1, light on dark as in the training data${scaled}`
    : `${form}: numbers as in the training data${scaled}`;
}

/** By the last axis, as `inputScaling` has it. */
function addScaling(graph: OpGraph, input: Value, { scale, offset }: InputScaling): Value {
  const factor = graph.constant(INPUT_SCALE, [scale.length], scale);
  const added = graph.constant(INPUT_OFFSET, [offset.length], offset);
  return graph.add("Add", [graph.add("Mul", [input, factor]), added]);
}

function probabilities(graph: OpGraph, loss: Loss, outputs: Value): Value {
  if (!isFromLogits(loss)) return outputs;
  return isCategorical(loss)
    ? graph.add("Softmax", [outputs], { axis: -1 })
    : graph.add("Sigmoid", [outputs]);
}

function checkedWeight(weights: Tensors, name: string, shape: readonly number[]): Float32Array {
  const tensor = weights.get(name);
  if (tensor?.shape.join() === shape.join()) return tensor.data;
  throw new AppError(
    "shape_mismatch",
    `weight ${name} is ${tensor === undefined ? "missing" : `[${tensor.shape.join(", ")}]`}; ` +
      `the model needs [${shape.join(", ")}]`,
  );
}
