import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { unzipSync } from "fflate";
import type { Tensors } from "../tensor.js";
import { kerasWeights } from "./exportKeras.js";
import { layerConfigs } from "./layerConfigs.js";
import type { TrainedModel } from "./trainedModel.js";

/**
 * The weights in a .keras file of the same model, by the names that our engines give them.
 * @throws {AppError} `data_invalid` if it lacks one, or has another shape for it.
 */
export async function readKerasWeights(trained: TrainedModel, bytes: Uint8Array): Promise<Tensors> {
  const file = unzip(bytes)["model.weights.h5"];
  if (file === undefined) throw new AppError("data_invalid", "the .keras file has no weights");
  const { default: hdf5 } = await import("h5wasm/node"); // 4 MB of WebAssembly, for this alone
  await hdf5.ready;
  const path = join(tmpdir(), `sweepyard-${randomUUID()}.h5`);
  await writeFile(path, file);
  const opened = new hdf5.File(path, "r");
  try {
    const layers = layerConfigs(trained, "keras3");
    const found = kerasWeights(layers).map(({ path: at, name, tensor }) => {
      const entity = opened.get(at);
      const data = entity !== null && "value" in entity ? entity.value : undefined;
      if (data instanceof Float32Array && data.length === tensor.data.length)
        return [name, { ...tensor, data }] as const;
      throw new AppError("data_invalid", `the .keras file does not hold ${name} at ${at}`);
    });
    // What scales the inputs is a layer of the file, but no weight of the trained model.
    return new Map(found.filter(([name]) => trained.weights.has(name)));
  } finally {
    opened.close();
    await rm(path, { force: true });
  }
}

function unzip(bytes: Uint8Array) {
  try {
    return unzipSync(bytes);
  } catch (cause) {
    throw new AppError("data_invalid", "not a .keras file", { cause });
  }
}
