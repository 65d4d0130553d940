import { z } from "zod";

/** What a trained model can be had as. All take and give what the .onnx file does. */
export const EXPORT_FORMATS = [
  "onnx",
  "tflite-float32",
  "tflite-float16",
  "tflite-int8",
  "tfjs",
  "keras",
  "safetensors",
] as const;
export const ExportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** The end of the file's name. `tfjs` is an archive of model.json and its weights. */
export const EXPORT_EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  onnx: ".onnx",
  "tflite-float32": ".tflite",
  "tflite-float16": "-float16.tflite",
  "tflite-int8": "-int8.tflite",
  tfjs: "-tfjs.zip",
  keras: ".keras",
  safetensors: ".safetensors",
};
