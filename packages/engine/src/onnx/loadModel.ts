import { AppError, type Report } from "@sweepyard/contract";
import proto from "onnx-proto";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { Rows } from "../dataset.js";
import { evaluate } from "../evaluation/evaluate.js";
import { sizeOf } from "../tensor.js";
import { CLASS_NAMES, IMAGE, PROBABILITIES } from "./exportModel.js";
import { createSession } from "./session.js";

export interface LoadedModel {
  /** Of one image. */
  readonly inputShape: readonly number[];
  readonly classNames: readonly string[];
  /**
   * @param images [batch, ...inputShape], row-major, pixels in 0..1.
   * @returns probabilities [batch, classes].
   * @throws {AppError} `shape_mismatch` if the length is no whole number of images.
   */
  predict(images: Float32Array): Promise<Float32Array>;
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
  const { inputShape, classNames } = readSignature(bytes);
  const session = await createSession(bytes, threads);
  const size = sizeOf(inputShape);
  return {
    inputShape,
    classNames,
    async predict(images) {
      const count = images.length / size;
      if (count === 0 || !Number.isInteger(count)) {
        throw new AppError(
          "shape_mismatch",
          `${images.length} pixels are no whole number of [${inputShape.join(", ")}] images, ` +
            `which have ${size} each`,
        );
      }
      const image = new OrtTensor("float32", images, [count, ...inputShape]);
      const results = await session.run({ [IMAGE]: image });
      return results[PROBABILITIES]?.data as Float32Array;
    },
    release: () => session.release(),
  };
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
    const classes = model.classNames.length;
    const size = rows.x.length / rows.count;
    const scale = rows.x instanceof Uint8Array ? 1 / 255 : 1;
    const probabilities = new Float32Array(rows.count * classes);
    for (let from = 0; from < rows.count; from += EVALUATION_ROWS) {
      signal?.throwIfAborted();
      const batch = rows.x.subarray(from * size, (from + EVALUATION_ROWS) * size);
      const images = Float32Array.from(batch, (pixel) => pixel * scale);
      probabilities.set(await model.predict(images), from * classes);
    }
    return evaluate(probabilities, rows, {
      task: "classification",
      classNames: model.classNames,
    });
  } finally {
    await model.release();
  }
}

function readSignature(bytes: Uint8Array) {
  try {
    const { graph, metadataProps } = proto.onnx.ModelProto.decode(bytes);
    const input = graph?.input?.find(({ name }) => name === IMAGE);
    const axes = input?.type?.tensorType?.shape?.dim ?? [];
    const names = metadataProps.find(({ key }) => key === CLASS_NAMES)?.value;
    if (axes.length < 2 || typeof names !== "string")
      throw new Error("input or class names missing");
    return {
      inputShape: axes.slice(1).map(({ dimValue }) => Number(dimValue)),
      classNames: JSON.parse(names) as string[],
    };
  } catch (cause) {
    throw new AppError("data_invalid", "not a model exported by Sweepyard", { cause });
  }
}
