import { LayerNames } from "../model/layerNames.js";
import type { Tensor } from "../tensor.js";
import type { LayerConfig } from "./layerConfigs.js";
import { layerConfigs } from "./layerConfigs.js";
import type { TrainedModel } from "./trainedModel.js";
import { writeHdf5 } from "./writeHdf5.js";
import { zipFiles } from "./zipFiles.js";

/** The format is that of Keras 3, unchanged since its first version. */
const KERAS_VERSION = "3.0.0";

/**
 * The trained model as a .keras file, which `keras.models.load_model` reads: to predict, or to be
 * compiled and trained on. Takes what the .onnx file takes.
 * @see https://keras.io/guides/serialization_and_saving/
 */
export async function exportKeras(trained: TrainedModel): Promise<Uint8Array> {
  const layers = layerConfigs(trained, "keras3");
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return zipFiles(
    new Map([
      // Keras wants a date; a fixed one keeps the file the same for the same weights.
      ["metadata.json", json({ keras_version: KERAS_VERSION, date_saved: "1980-01-01@00:00:00" })],
      ["config.json", json(functionalConfig(layers))],
      [
        "model.weights.h5",
        await writeHdf5(new Map(kerasWeights(layers).map(({ path, tensor }) => [path, tensor]))),
      ],
    ]),
  );
}

function functionalConfig(layers: readonly LayerConfig[]) {
  return {
    module: "keras.src.models.functional",
    class_name: "Functional",
    registered_name: "Functional",
    config: {
      name: "model",
      trainable: true,
      layers: layers.map(({ className, name, config, inputs }) => ({
        module: "keras.layers",
        class_name: className,
        registered_name: null,
        name,
        config,
        // Keras 3 reads this shorter form of Keras 2 as well as its own.
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])],
      })),
      input_layers: [[layers[0]?.name, 0, 0]],
      output_layers: [[layers.at(-1)?.name, 0, 0]],
    },
  };
}

export interface KerasWeight {
  /** In the .keras file's HDF5 part. */
  readonly path: string;
  /** Of the trained model. */
  readonly name: string;
  readonly tensor: Tensor;
}

/** Where Keras looks for each weight: it counts layers by their class, whatever their names are. */
export function kerasWeights(layers: readonly LayerConfig[]): KerasWeight[] {
  const names = new LayerNames();
  return layers.flatMap(({ className, weights }) => {
    const folder = names.take({ class_name: className as "Dense" });
    return weights.map((weight, at) => ({ path: `layers/${folder}/vars/${at}`, ...weight }));
  });
}
