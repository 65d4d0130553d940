import { AppError, type ExportFigures, type ExportFormat } from "@sweepyard/contract";
import type { Rows } from "../dataset.js";
import { evaluate } from "../evaluation/evaluate.js";
import { labelsOf } from "./measureModel.js";
import { type RunExportOptions, runExport, runTrained } from "./runExport.js";
import type { TrainedModel } from "./trainedModel.js";

/** Rows that a file is run on when it is made, and whose outputs are compared number by number. */
export const CHECKED_ROWS = 1000;

/**
 * How far an output may be from the trained model's, beside 1 and beside its own size. float16 has
 * 11 bits of precision, and a deep network adds its roundings up; of int8 the figures themselves
 * tell how good it is.
 */
const TOLERANCE: Readonly<Record<ExportFormat, number>> = {
  onnx: 1e-3,
  tfjs: 1e-3,
  keras: 1e-3,
  safetensors: 1e-3,
  "tflite-float32": 1e-3,
  "tflite-float16": 0.05,
  "tflite-int8": Number.POSITIVE_INFINITY,
};

export interface MeasureExportOptions extends RunExportOptions {
  /** The whole test split; else its first 1,000 rows. */
  readonly whole?: boolean;
}

/**
 * What an exported file does on test rows, by running it.
 * @param test the test split.
 * @throws {AppError} `internal` if the file does not do what the model does; else as `runExport`.
 */
export async function measureExport(
  trained: TrainedModel,
  format: ExportFormat,
  bytes: Uint8Array,
  test: Rows,
  { whole = false, ...options }: MeasureExportOptions = {},
): Promise<ExportFigures> {
  const rows = whole ? test : firstRows(test, CHECKED_ROWS);
  const { outputs, ...run } = await runExport(trained, format, bytes, rows, options);
  const expected = await runTrained(trained, rows);
  const compared = Math.min(rows.count, CHECKED_ROWS) * (expected.length / rows.count);
  requireSame(format, outputs.subarray(0, compared), expected.subarray(0, compared));
  const { task, classNames } = trained.data;
  const report = evaluate(outputs, rows, trained.data);
  const labels = labelsOf(outputs, classNames.length);
  const same = labelsOf(expected, classNames.length).filter((label, at) => label === labels[at]);
  return {
    rows: rows.count,
    testRows: test.count,
    accuracy: "accuracy" in report ? report.accuracy : null,
    agreement: task === "regression" ? null : same.length / rows.count,
    largestDifference: largestDifference(
      outputs.subarray(0, compared),
      expected.subarray(0, compared),
    ),
    ...run,
  };
}

function firstRows({ count, x, y }: Rows, wanted: number): Rows {
  const kept = Math.min(count, wanted);
  const first = <T extends Rows["x"] | Rows["y"]>(all: T) =>
    all.subarray(0, (all.length / count) * kept) as T;
  return { count: kept, x: first(x), y: first(y) };
}

const largestDifference = (outputs: Float32Array, expected: Float32Array): number =>
  outputs.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? 0))), 0);

function requireSame(format: ExportFormat, outputs: Float32Array, expected: Float32Array): void {
  const tolerance = TOLERANCE[format];
  const at = expected.findIndex((value, index) => {
    const distance = Math.abs(value - (outputs[index] ?? Number.NaN));
    return !(distance <= tolerance * Math.max(1, Math.abs(value)));
  });
  if (at < 0 || tolerance === Number.POSITIVE_INFINITY) return;
  throw new AppError(
    "internal",
    `the ${format} file does not do what the model does: of output ${at} it says ${outputs[at]}, the model ${expected[at]}; it was not kept`,
  );
}
