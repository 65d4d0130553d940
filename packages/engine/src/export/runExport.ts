import type { ExportFormat } from "@sweepyard/contract";
import type { Rows } from "../dataset.js";
import { exportModel } from "../onnx/exportModel.js";
import { type LoadedModel, loadModel, namedOutputs } from "../onnx/loadModel.js";
import { loadTfjs } from "./loadTfjs.js";
import { latencyMs, modelInputs, outputsOf } from "./measureModel.js";
import { readKerasWeights } from "./readKerasWeights.js";
import { runByPython } from "./runByPython.js";
import { loadTflite } from "./tflite/loadTflite.js";
import { describeTrained, readTrainedModel, type TrainedModel } from "./trainedModel.js";

export interface ExportRun {
  /** [rows, names], as a `LoadedModel` gives them. */
  readonly outputs: Float32Array;
  /** Null where what ran the file here is not what runs it elsewhere. */
  readonly latencyMs: number | null;
  readonly measuredWith: string;
}

export interface RunExportOptions {
  /** A Python that has TensorFlow: .tflite and .keras files are then run by what they are for. */
  readonly python?: string | undefined;
}

/**
 * Runs an exported file on rows: by the library it is for if that is at hand, else by a reader of
 * our own, on onnxruntime.
 * @throws {AppError} `data_invalid` if the file is not what it should be; `unavailable` if the
 *   Python that was named can't run it.
 */
export async function runExport(
  trained: TrainedModel,
  format: ExportFormat,
  bytes: Uint8Array,
  rows: Rows,
  { python }: RunExportOptions = {},
): Promise<ExportRun> {
  switch (format) {
    case "onnx":
      return timed(await loadModel(bytes), rows, "onnxruntime");
    case "tfjs":
      return timed(await loadTfjs(bytes), rows, "TensorFlow.js");
    case "tflite-float32":
    case "tflite-float16":
    case "tflite-int8":
      return python === undefined
        ? untimed(await loadTflite(bytes), rows, "Sweepyard's reader of TensorFlow Lite files")
        : inPython(python, trained, format, bytes, rows);
    case "keras":
      return python === undefined
        ? fromWeights({ ...trained, weights: await readKerasWeights(trained, bytes) }, rows)
        : inPython(python, trained, format, bytes, rows);
    case "safetensors":
      return fromWeights(readTrainedModel(trained, bytes, onnxOf(trained)), rows);
  }
}

/** What the trained model says of rows, by onnxruntime. */
export async function runTrained(trained: TrainedModel, rows: Rows): Promise<Float32Array> {
  return (await untimed(await loadModel(onnxOf(trained)), rows, "onnxruntime")).outputs;
}

const onnxOf = ({ plan, data, weights, scaling }: TrainedModel): Uint8Array =>
  exportModel(plan, data, weights, scaling);

async function timed(model: LoadedModel, rows: Rows, measuredWith: string): Promise<ExportRun> {
  try {
    const outputs = await outputsOf(model, rows);
    return { outputs, latencyMs: await latencyMs(model, rows), measuredWith };
  } finally {
    await model.release();
  }
}

async function untimed(model: LoadedModel, rows: Rows, measuredWith: string): Promise<ExportRun> {
  try {
    return { outputs: await outputsOf(model, rows), latencyMs: null, measuredWith };
  } finally {
    await model.release();
  }
}

const fromWeights = async (again: TrainedModel, rows: Rows): Promise<ExportRun> =>
  untimed(await loadModel(onnxOf(again)), rows, "onnxruntime, from the weights read back");

async function inPython(
  python: string,
  trained: TrainedModel,
  format: ExportFormat,
  bytes: Uint8Array,
  rows: Rows,
): Promise<ExportRun> {
  const { inputShape } = trained.data;
  const inputs = modelInputs(rows.x);
  const { outputs, by, ...run } = await runByPython(python, format, bytes, { inputs, inputShape });
  const { task } = describeTrained(trained);
  return { ...run, outputs: namedOutputs(task, outputs), measuredWith: by };
}
