import { AppError, Task } from "@sweepyard/contract";
import type { io } from "@tensorflow/tfjs";
import { unzipSync } from "fflate";
import { CLASS_NAMES, TASK } from "../onnx/exportModel.js";
import { type LoadedModel, toLoadedModel } from "../onnx/loadModel.js";
import { sizeOf } from "../tensor.js";
import { loadTensorFlow, type TfjsBackend } from "../tfjs/loadTensorFlow.js";

interface ModelJson {
  readonly modelTopology: io.ModelJSON["modelTopology"];
  readonly weightsManifest: io.WeightsManifestConfig;
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>;
}

/**
 * Loads the archive that `exportTrained` makes for tfjs, by TensorFlow.js itself.
 * @throws {AppError} `data_invalid` if `bytes` are no such archive.
 */
export async function loadTfjs(
  bytes: Uint8Array,
  backends: readonly TfjsBackend[] = ["wasm", "cpu"],
): Promise<LoadedModel> {
  const { json, weightData } = readArchive(bytes);
  const { tf } = await loadTensorFlow(backends);
  const [group] = json.weightsManifest;
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: group?.weights,
      weightData,
    }),
  );
  const inputShape = (model.inputs[0]?.shape ?? []).slice(1).map(Number);
  const signature = {
    inputShape,
    classNames: json.userDefinedMetadata[CLASS_NAMES] as string[],
    task: Task.parse(json.userDefinedMetadata[TASK]),
  };
  const run = async (inputs: Float32Array): Promise<Float32Array> => {
    const outputs = tf.tidy(() => {
      const rows = tf.tensor(inputs, [inputs.length / sizeOf(inputShape), ...inputShape]);
      return model.predict(rows);
    });
    const [first] = [outputs].flat();
    const data = new Float32Array((await first?.data()) ?? []);
    tf.dispose(outputs);
    return data;
  };
  return toLoadedModel(signature, run, async () => {
    model.dispose();
  });
}

function readArchive(bytes: Uint8Array): { json: ModelJson; weightData: ArrayBuffer } {
  try {
    const files = unzipSync(bytes);
    const json = JSON.parse(new TextDecoder().decode(files["model.json"])) as ModelJson;
    const shards = json.weightsManifest.flatMap(({ paths }) => paths);
    const parts = shards.map((path) => files[path] ?? new Uint8Array());
    return { json, weightData: Uint8Array.from(Buffer.concat(parts)).buffer };
  } catch (cause) {
    throw new AppError("data_invalid", "not an archive of a TensorFlow.js model", { cause });
  }
}
