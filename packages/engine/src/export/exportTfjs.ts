import { CLASS_NAMES, TASK } from "../onnx/exportModel.js";
import { layerConfigs } from "./layerConfigs.js";
import { describeTrained, type TrainedModel } from "./trainedModel.js";
import { zipFiles } from "./zipFiles.js";

/** Browsers cache files up to this size; tfjs' own converter cuts there as well. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** The files of a layers model of TensorFlow.js, by name; `model.json` names the others. */
export function tfjsFiles(trained: TrainedModel): ReadonlyMap<string, Uint8Array> {
  const layers = layerConfigs(trained, "tfjs");
  const weights = layers.flatMap((layer) => layer.weights);
  const bytes = concat(weights.map(({ tensor }) => tensor.data));
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const shards = Array.from(
    { length: count },
    (_, i) =>
      [
        `group1-shard${i + 1}of${count}.bin`,
        bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
      ] as const,
  );
  const model = {
    format: "layers-model",
    generatedBy: "Sweepyard",
    convertedBy: null,
    modelTopology: {
      keras_version: "2.15.0",
      backend: "tensorflow",
      model_config: {
        class_name: "Functional",
        config: {
          name: "model",
          layers: layers.map(({ className, name, config, inputs }) => ({
            class_name: className,
            name,
            config,
            inbound_nodes: inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])],
          })),
          input_layers: [[layers[0]?.name, 0, 0]],
          output_layers: [[layers.at(-1)?.name, 0, 0]],
        },
      },
    },
    weightsManifest: [
      {
        paths: shards.map(([name]) => name),
        weights: weights.map(({ name, tensor }) => ({
          name,
          shape: tensor.shape,
          dtype: "float32",
        })),
      },
    ],
    userDefinedMetadata: {
      [CLASS_NAMES]: trained.data.classNames,
      [TASK]: describeTrained(trained).task,
    },
  };
  return new Map([["model.json", new TextEncoder().encode(JSON.stringify(model))], ...shards]);
}

/** The same files in one zip archive: unpack it where a page can fetch `model.json`. */
export const exportTfjs = (trained: TrainedModel): Uint8Array => zipFiles(tfjsFiles(trained));

function concat(parts: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}
