import { AppError, type Report, Task } from "@sweepyard/contract";
import proto from "onnx-proto";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { DatasetTask, Rows } from "../dataset.js";
import { evaluate } from "../evaluation/evaluate.js";
import { sizeOf } from "../tensor.js";
import { CLASS_NAMES, TASK } from "./exportModel.js";
import { createSession } from "./session.js";

export interface LoadedModel {
  /** Of one row, such as an image's. */
  readonly inputShape: readonly number[];
  /** Of the classes, labels or targets. */
  readonly classNames: readonly string[];
  readonly task: DatasetTask;
  /**
   * @param inputs [batch, ...inputShape], row-major, pixels in 0..1.
   * @returns [batch, names]: probabilities of the classes or labels, or the predicted targets.
   * @throws {AppError} `shape_mismatch` if the length is no whole number of rows.
   */
  predict(inputs: Float32Array): Promise<Float32Array>;
  /** Frees the native memory; the model cannot be used afterwards. */
  release(): Promise<void>;
}

/**
 * Loads a model that `exportModel` made.
 * @throws {AppError} `data_invalid` if `bytes` are no such model.
 */
export async function loadModel(
  bytes: Uint8Array,
  { threads = 1 }: { threads?: number } = {},
): Promise<LoadedModel> {
  const signature = readSignature(bytes);
  const session = await createSession(bytes, threads);
  const [input = "", output = ""] = [...session.inputNames, ...session.outputNames];
  const run = async (inputs: Float32Array) => {
    const count = inputs.length / sizeOf(signature.inputShape);
    const tensor = new OrtTensor("float32", inputs, [count, ...signature.inputShape]);
    return (await session.run({ [input]: tensor }))[output]?.data as Float32Array;
  };
  return toLoadedModel(signature, run, () => session.release());
}

interface ModelSignature {
  readonly inputShape: readonly number[];
  readonly classNames: readonly string[];
  readonly task: Task;
}

/** @param run [batch, ...inputShape] to [batch, outputs]. */
export function toLoadedModel(
  { inputShape, classNames, task }: ModelSignature,
  run: (inputs: Float32Array) => Promise<Float32Array>,
  release: () => Promise<void>,
): LoadedModel {
  const size = sizeOf(inputShape);
  return {
    inputShape,
    classNames,
    task: task === "binary" ? "classification" : task,
    async predict(inputs) {
      const count = inputs.length / size;
      if (count === 0 || !Number.isInteger(count)) {
        throw new AppError(
          "shape_mismatch",
          `${inputs.length} numbers are no whole number of rows of shape ` +
            `[${inputShape.join(", ")}], which have ${size} each`,
        );
      }
      const outputs = await run(inputs);
      return namedOutputs(task, outputs);
    },
    release,
  };
}

/** [rows, names]: a binary model's only output is the probability of the second class. */
export function namedOutputs(task: Task, outputs: Float32Array): Float32Array {
  if (task !== "binary") return outputs;
  return Float32Array.from({ length: 2 * outputs.length }, (_, at) => {
    const second = outputs[at >> 1] as number;
    return at % 2 === 1 ? second : 1 - second;
  });
}

/** Rows predicted in one call: bounds memory and how long the event loop is blocked. */
const EVALUATION_ROWS = 1000;

/** The report of an exported model on labelled rows, such as the test split. */
export async function evaluateModel(
  bytes: Uint8Array,
  rows: Rows,
  { threads = 1, signal }: { threads?: number; signal?: AbortSignal } = {},
): Promise<Report> {
  const model = await loadModel(bytes, { threads });
  try {
    const width = model.classNames.length;
    const size = rows.x.length / rows.count;
    const scale = rows.x instanceof Uint8Array ? 1 / 255 : 1;
    const outputs = new Float32Array(rows.count * width);
    for (let from = 0; from < rows.count; from += EVALUATION_ROWS) {
      signal?.throwIfAborted();
      const batch = rows.x.subarray(from * size, (from + EVALUATION_ROWS) * size);
      const inputs = Float32Array.from(batch, (value) => value * scale);
      outputs.set(await model.predict(inputs), from * width);
    }
    return evaluate(outputs, rows, model);
  } finally {
    await model.release();
  }
}

function readSignature(bytes: Uint8Array) {
  try {
    const { graph, metadataProps } = proto.onnx.ModelProto.decode(bytes);
    const axes = graph?.input?.[0]?.type?.tensorType?.shape?.dim ?? [];
    const metadata = new Map(metadataProps.map(({ key, value }) => [key, value]));
    const names = metadata.get(CLASS_NAMES);
    if (axes.length < 2 || typeof names !== "string")
      throw new Error("input or class names missing");
    return {
      inputShape: axes.slice(1).map(({ dimValue }) => Number(dimValue)),
      classNames: JSON.parse(names) as string[],
      task: Task.parse(metadata.get(TASK) ?? "classification"), // files of earlier versions say none
    };
  } catch (cause) {
    throw new AppError("data_invalid", "not a model exported by Sweepyard", { cause });
  }
}
