import type { Tensor } from "@tensorflow/tfjs";
import type { BatchMetrics, SessionSetup } from "../engine.js";
import { indexOfMax } from "../evaluation/indexOfMax.js";
import { isFromLogits } from "../model/modelTask.js";

interface MeasuredBatch {
  /** [rows, outputs] */
  readonly outputs: Tensor;
  readonly targetValues: Float32Array;
  /** A scalar: the batch's mean, penalties included. */
  readonly loss: Tensor;
}

/** Sums over the batch's rows, in double precision. */
export function batchMetrics(
  { model, loss }: Pick<SessionSetup, "model" | "loss">,
  batch: MeasuredBatch,
): BatchMetrics {
  const outputs = batch.outputs.dataSync() as Float32Array;
  const [lossValue = Number.NaN] = batch.loss.dataSync();
  const rows = outputs.length / model.outputs;
  const compared = { outputs, targets: batch.targetValues, size: model.outputs };
  const metricSums =
    model.task === "regression"
      ? errors(compared)
      : model.task === "classification"
        ? { accuracy: categoricalHits(compared) }
        : { accuracy: binaryHits(compared, isFromLogits(loss) ? 0 : 0.5) };
  return { rows, lossSum: lossValue * rows, metricSums };
}

interface Compared {
  readonly outputs: Float32Array;
  readonly targets: Float32Array;
  /** Outputs of a row. */
  readonly size: number;
}

function categoricalHits({ outputs, targets, size }: Compared): number {
  let hits = 0;
  for (let from = 0; from < outputs.length; from += size) {
    const row = (values: Float32Array) => values.subarray(from, from + size);
    if (indexOfMax(row(outputs)) === indexOfMax(row(targets))) hits++;
  }
  return hits;
}

/** Of each row the share of right outputs. */
function binaryHits({ outputs, targets, size }: Compared, threshold: number): number {
  let hits = 0;
  outputs.forEach((output, i) => {
    if ((output > threshold ? 1 : 0) === targets[i]) hits++;
  });
  return hits / size;
}

function errors({ outputs, targets, size }: Compared) {
  let absolute = 0;
  let squared = 0;
  outputs.forEach((output, i) => {
    const error = output - (targets[i] as number);
    absolute += Math.abs(error);
    squared += error * error;
  });
  return { mean_absolute_error: absolute / size, mean_squared_error: squared / size };
}
