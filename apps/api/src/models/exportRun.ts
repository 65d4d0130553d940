import { readFile } from "node:fs/promises";
import { AppError, type ExportFigures, type ExportFormat } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import {
  type Dataset,
  evaluate,
  exportModel,
  exportTrained,
  type LoadedModel,
  labelsOf,
  latencyMs,
  loadModel,
  loadTfjs,
  loadTflite,
  modelInputs,
  outputsOf,
  readStoredDataset,
  readTrainedModel,
  type TrainedModel,
} from "@sweepyard/engine";
import type { ExportJob, ExportResult } from "./modelJob.js";

/** Training rows that int8 takes its ranges from; more no longer change them much. */
const CALIBRATION_ROWS = 500;
/** Rows whose outputs are compared number by number. */
const COMPARED_ROWS = 1000;

/** Makes the files of an `ExportJob`, stores them, and measures them if asked. */
export async function exportRun(job: ExportJob): Promise<ExportResult> {
  const { source, formats } = job;
  const store = new ArtifactStore(job.artifactsDir);
  const { plan, inputShape, classNames, task } = source;
  const trained = readTrainedModel(
    { plan, data: { inputShape, classNames, task } },
    await readStored(store, source.weights),
    await readStored(store, source.model),
  );
  const needsData = job.measure || formats.includes("tflite-int8");
  const dataset = needsData
    ? await readStoredDataset(source, ({ sha256 }) => store.path(sha256))
    : undefined;
  const made = [];
  for (const format of formats) {
    const bytes = await exportTrained(trained, format, () => calibration(dataset));
    const figures =
      job.measure && dataset !== undefined ? await measure(trained, dataset, format, bytes) : null;
    made.push({ format, file: await store.put(bytes), figures });
  }
  return made;
}

/** @throws {AppError} `not_found`. */
export async function readStored(store: ArtifactStore, sha256: string): Promise<Uint8Array> {
  try {
    return await readFile(store.path(sha256));
  } catch (cause) {
    throw new AppError("not_found", `the file ${sha256} of the model was deleted`, { cause });
  }
}

/** Spread over the whole training split, since its rows may be in order of their classes. */
function calibration(dataset: Dataset | undefined): Float32Array {
  if (dataset === undefined) return new Float32Array();
  const { x, count } = dataset.train;
  const size = x.length / count;
  const rows = Math.min(count, CALIBRATION_ROWS);
  const chosen = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor((i * count) / rows);
    chosen.set(modelInputs(x.subarray(row * size, (row + 1) * size)), i * size);
  }
  return chosen;
}

async function measure(
  trained: TrainedModel,
  { test }: Dataset,
  format: ExportFormat,
  bytes: Uint8Array,
): Promise<ExportFigures | null> {
  const runner = await load(trained, format, bytes);
  if (runner === null) return null;
  const { model, measuredWith, isRealRuntime } = runner;
  const reference = await loadModel(onnxOf(trained));
  try {
    const outputs = await outputsOf(model, test);
    const expected = await outputsOf(reference, test);
    const report = evaluate(outputs, test, model);
    const width = model.classNames.length;
    const labels = labelsOf(outputs, width);
    const same = labelsOf(expected, width).filter((label, row) => label === labels[row]).length;
    const hasClasses = model.task !== "regression";
    return {
      rows: test.count,
      accuracy: "accuracy" in report ? report.accuracy : null,
      agreement: hasClasses ? same / test.count : null,
      largestDifference: outputs
        .subarray(0, COMPARED_ROWS * width)
        .reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0),
      latencyMs: isRealRuntime ? await latencyMs(model, test) : null,
      measuredWith,
    };
  } finally {
    await model.release();
    await reference.release();
  }
}

interface Runner {
  readonly model: LoadedModel;
  readonly measuredWith: string;
  /** Whether it is what runs the file elsewhere, too, so that its time tells something. */
  readonly isRealRuntime: boolean;
}

/** Null for what nothing here runs. */
async function load(
  trained: TrainedModel,
  format: ExportFormat,
  bytes: Uint8Array,
): Promise<Runner | null> {
  switch (format) {
    case "onnx":
      return {
        model: await loadModel(bytes),
        measuredWith: "onnxruntime",
        isRealRuntime: true,
      };
    case "tflite-float32":
    case "tflite-float16":
    case "tflite-int8":
      return {
        model: await loadTflite(bytes),
        measuredWith: "Sweepyard's reader of TensorFlow Lite files",
        isRealRuntime: false,
      };
    case "tfjs":
      return { model: await loadTfjs(bytes), measuredWith: "TensorFlow.js", isRealRuntime: true };
    case "safetensors": {
      const { plan, data } = trained;
      const again = readTrainedModel({ plan, data }, bytes, onnxOf(trained));
      return {
        model: await loadModel(onnxOf(again)),
        measuredWith: "onnxruntime, from the weights read back",
        isRealRuntime: false,
      };
    }
    case "keras":
      return null;
  }
}

const onnxOf = ({ plan, data, weights, scaling }: TrainedModel): Uint8Array =>
  exportModel(plan, data, weights, scaling);
