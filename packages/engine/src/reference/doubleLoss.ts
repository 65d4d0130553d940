import type { Rows } from "../dataset.js";
import type { ModelDescription } from "../model/describeModel.js";
import { isCategorical } from "../model/modelTask.js";
import { type Doubles, doubleNetwork } from "./doubleNetwork.js";

export interface ReferenceRows extends Rows {
  readonly rowWeights?: Float32Array | undefined;
}

/** A batch's loss as Keras has it: Σ weightᵢ·lossᵢ / rows, and the penalties. From the formulas. */
export function doubleLoss(model: ModelDescription, weights: Doubles, rows: ReferenceRows): number {
  const { count, rowWeights } = rows;
  const outputs = doubleNetwork(model, weights, Float64Array.from(rows.x), count);
  const n = model.outputs;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const values = [...outputs.subarray(row * n, (row + 1) * n)];
    const loss = rowLoss(model, oddsOf(model, values), targetsOf(rows, row, n));
    sum += (rowWeights?.[row] ?? 1) * loss;
  }
  return sum / count + penalties(model, weights);
}

/**
 * Keras takes categorical cross-entropy of the logits where the last activation is a sigmoid: of
 * exp(z) = p / (1 − p), which is then divided by the row's sum.
 */
function oddsOf(model: ModelDescription, outputs: readonly number[]): readonly number[] {
  const isOdds = lastActivation(model) === "sigmoid" && isCategorical(model.loss);
  return isOdds ? outputs.map((p) => p / (1 - p)) : outputs;
}

function lastActivation({ layers }: ModelDescription): string {
  const last = layers.at(-1)?.layer;
  if (last?.class_name === "Softmax") return "softmax";
  return last !== undefined && "activation" in last ? last.activation : "linear";
}

function targetsOf({ y }: Rows, row: number, n: number): number[] {
  if (y instanceof Float32Array) return [...y.subarray(row * n, (row + 1) * n)];
  const label = y[row] as number;
  return n === 1 ? [label] : Array.from({ length: n }, (_, index) => (index === label ? 1 : 0));
}

function rowLoss(
  model: ModelDescription,
  outputs: readonly number[],
  hard: readonly number[],
): number {
  const { loss } = model;
  const endsInProbabilities = ["softmax", "sigmoid"].includes(lastActivation(model));
  const sum = (of: (output: number, target: number) => number) =>
    outputs.reduce((total, output, i) => total + of(output, targets[i] as number), 0);
  const mean = (of: (output: number, target: number) => number) => sum(of) / outputs.length;
  const smoothing = "label_smoothing" in loss ? loss.label_smoothing : 0;
  const choices = loss.name === "binary_crossentropy" ? 2 : outputs.length;
  const targets = hard.map((target) => target * (1 - smoothing) + smoothing / choices);
  const fromLogits = "from_logits" in loss && loss.from_logits;
  switch (loss.name) {
    case "categorical_crossentropy":
    case "sparse_categorical_crossentropy": {
      const positive = fromLogits
        ? outputs.map((z) => Math.exp(z))
        : loss.name === "sparse_categorical_crossentropy" && !endsInProbabilities
          ? outputs.map((p) => Math.min(p, 1 - 1e-7)) // before the division, as Keras has it
          : outputs;
      const total = positive.reduce((all, value) => all + value, 0);
      return -positive.reduce((all, p, i) => all + (targets[i] as number) * Math.log(p / total), 0);
    }
    case "binary_crossentropy":
      return mean((output, t) => {
        const p = fromLogits ? 1 / (1 + Math.exp(-output)) : output;
        return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
      });
    case "mean_squared_error":
      return mean((output, t) => (output - t) ** 2);
    case "mean_absolute_error":
      return mean((output, t) => Math.abs(output - t));
    case "huber":
      return mean((output, t) => {
        const error = Math.abs(output - t);
        return error <= loss.delta ? error ** 2 / 2 : loss.delta * (error - loss.delta / 2);
      });
  }
}

function penalties(model: ModelDescription, weights: Doubles): number {
  let total = 0;
  for (const { name, regularizer } of model.weights) {
    if (regularizer === undefined) continue;
    const { l1 = 0, l2 = 0 } = { l1: 0, l2: 0, ...regularizer };
    for (const w of weights.get(name) ?? []) total += l1 * Math.abs(w) + l2 * w * w;
  }
  return total;
}
