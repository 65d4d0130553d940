import { z } from "zod";
import { Id } from "./ids.js";

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

/** What an exported file does on the test split, measured by running it. */
export const ExportFigures = z.object({
  /** Test rows that it was run on: the first 1,000 when it is made, all when it is measured. */
  rows: z.int(),
  /** Rows of the whole test split. */
  testRows: z.int(),
  /** Null for regression. */
  accuracy: z.number().nullable(),
  /** Share of rows for which it says the same as the model that was trained; null for regression. */
  agreement: z.number().nullable(),
  /** Of any output from the trained model's, on the first 1,000 rows at most. */
  largestDifference: z.number(),
  /** Median of one row at a time; null where what ran it here is not what will run it elsewhere. */
  latencyMs: z.number().nullable(),
  /** What ran it. */
  measuredWith: z.string(),
});
export type ExportFigures = z.infer<typeof ExportFigures>;

export const ExportView = z.object({
  format: ExportFormat,
  runId: Id,
  artifactId: Id,
  fileName: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  /** Null for files that were made before each was run, until they are measured. */
  figures: ExportFigures.nullable(),
  createdAt: z.iso.datetime(),
});
export type ExportView = z.infer<typeof ExportView>;
