import type { ExportFormat } from "@sweepyard/contract";
import { exportModel } from "../onnx/exportModel.js";
import { encodeSafetensors } from "../safetensors.js";
import { exportKeras } from "./exportKeras.js";
import { exportTfjs } from "./exportTfjs.js";
import { exportTflite } from "./tflite/exportTflite.js";
import type { TrainedModel } from "./trainedModel.js";

/**
 * A trained model in any of the formats.
 * @param calibration some hundred training rows as the model takes them; only int8 reads them.
 */
export async function exportTrained(
  trained: TrainedModel,
  format: ExportFormat,
  calibration: () => Float32Array,
): Promise<Uint8Array> {
  switch (format) {
    case "onnx":
      return exportModel(trained.plan, trained.data, trained.weights, trained.scaling);
    case "tflite-float32":
      return exportTflite(trained, { weights: "float32" });
    case "tflite-float16":
      return exportTflite(trained, { weights: "float16" });
    case "tflite-int8":
      return exportTflite(trained, { weights: "int8", calibration: calibration() });
    case "tfjs":
      return exportTfjs(trained);
    case "keras":
      return exportKeras(trained);
    case "safetensors":
      return encodeSafetensors(trained.weights, {
        class_names: JSON.stringify(trained.data.classNames),
        model: JSON.stringify(trained.plan.model),
      });
  }
}
