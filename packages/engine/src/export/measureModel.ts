import type { Rows } from "../dataset.js";
import { indexOfMax } from "../evaluation/indexOfMax.js";
import type { LoadedModel } from "../onnx/loadModel.js";

const BATCH_ROWS = 500;
const TIMED_CALLS = 200;
const WARM_CALLS = 20;

/** What a model says of rows, [rows, names]. */
export async function outputsOf(
  model: LoadedModel,
  rows: Rows,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const width = model.classNames.length;
  const size = rows.x.length / rows.count;
  const outputs = new Float32Array(rows.count * width);
  for (let from = 0; from < rows.count; from += BATCH_ROWS) {
    signal?.throwIfAborted();
    const inputs = modelInputs(rows.x.subarray(from * size, (from + BATCH_ROWS) * size));
    outputs.set(await model.predict(inputs), from * width);
  }
  return outputs;
}

/** Rows as an exported model takes them. */
export const modelInputs = (x: Uint8Array | Float32Array): Float32Array =>
  x instanceof Uint8Array ? Float32Array.from(x, (pixel) => pixel / 255) : Float32Array.from(x);

/** Median milliseconds of one row at a time, after some calls to warm up. */
export async function latencyMs(model: LoadedModel, rows: Rows): Promise<number> {
  const size = rows.x.length / rows.count;
  const times: number[] = [];
  for (let call = 0; call < WARM_CALLS + TIMED_CALLS; call++) {
    const row = call % rows.count;
    const inputs = modelInputs(rows.x.subarray(row * size, (row + 1) * size));
    const start = performance.now();
    await model.predict(inputs);
    if (call >= WARM_CALLS) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** The number of a row's highest output, for each row. */
export const labelsOf = (outputs: Float32Array, width: number): number[] =>
  Array.from({ length: outputs.length / width }, (_, row) =>
    indexOfMax(outputs.subarray(row * width, (row + 1) * width)),
  );
