import { Task } from "@sweepyard/contract";
import { CLASS_NAMES, TASK } from "../../onnx/exportModel.js";
import { type LoadedModel, toLoadedModel } from "../../onnx/loadModel.js";
import { decodeTflite } from "./decodeTflite.js";
import type { LiteTensor } from "./liteGraph.js";
import { createLiteRunner } from "./runLiteGraph.js";

/**
 * Loads a .tflite file that `exportTrained` made, to run on onnxruntime what the file says: for
 * checks and figures where TensorFlow's interpreter is not at hand. @see LiteRunner
 * @throws {AppError} `data_invalid` if `bytes` are no such file.
 */
export async function loadTflite(
  bytes: Uint8Array,
  options: { threads?: number } = {},
): Promise<LoadedModel> {
  const { graph, metadata } = decodeTflite(bytes);
  const runner = await createLiteRunner(graph, options);
  const signature = {
    inputShape: (graph.tensors[graph.input] as LiteTensor).shape.slice(1),
    classNames: JSON.parse(metadata[CLASS_NAMES] ?? "[]") as string[],
    task: Task.parse(metadata[TASK]),
  };
  return toLoadedModel(signature, runner.run, runner.release);
}
