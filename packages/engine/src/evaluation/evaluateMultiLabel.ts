import type { MultiLabelReport } from "@sweepyard/contract";
import { averagesOf, scoresOf, shareOf, sum, type Tally } from "./confusion.js";
import { meanOfDefined, rocAuc } from "./rocAuc.js";

/** Keras' clip of a probability before its logarithm. */
const EPSILON = 1e-7;
const THRESHOLD = 0.5;

/**
 * @param probabilities [rows, labels], row-major; above 0.5 a label is predicted, as Keras'
 *   binary_accuracy has it.
 * @param targets of the same shape; above 0.5 a row has the label.
 */
export function evaluateMultiLabel(
  probabilities: Float32Array,
  targets: ArrayLike<number>,
  labelNames: readonly string[],
): MultiLabelReport {
  const labels = labelNames.length;
  const samples = labels === 0 ? 0 : probabilities.length / labels;
  const at = (values: ArrayLike<number>, row: number, label: number) =>
    values[row * labels + label] as number;
  const has = (row: number, label: number) => at(targets, row, label) > THRESHOLD;
  const predicts = (row: number, label: number) => at(probabilities, row, label) > THRESHOLD;

  const tallies: Tally[] = labelNames.map((_, label) => {
    const tally = { hits: 0, support: 0, predicted: 0 };
    for (let row = 0; row < samples; row++) {
      if (has(row, label)) tally.support++;
      if (predicts(row, label)) tally.predicted++;
      if (has(row, label) && predicts(row, label)) tally.hits++;
    }
    return tally;
  });
  let exact = 0;
  for (let row = 0; row < samples; row++)
    if (labelNames.every((_, label) => has(row, label) === predicts(row, label))) exact++;
  let nats = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const target = targets[i] as number;
    const p = Math.min(Math.max(probabilities[i] as number, EPSILON), 1 - EPSILON);
    nats -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
  }
  const perClass = tallies.map((tally, label) => ({
    label,
    name: labelNames[label] as string,
    ...scoresOf(tally),
    support: tally.support,
    rocAuc: rocAuc(
      samples,
      (row) => at(probabilities, row, label),
      (row) => has(row, label),
    ),
  }));
  const decisions = samples * labels;
  const wrong = sum(tallies.map(({ hits, support, predicted }) => support + predicted - 2 * hits));
  return {
    task: "multi_label",
    samples,
    loss: Number.isFinite(nats) && decisions > 0 ? nats / decisions : null,
    accuracy: shareOf(decisions - wrong, decisions),
    subsetAccuracy: shareOf(exact, samples),
    hammingLoss: shareOf(wrong, decisions),
    perClass,
    ...averagesOf(tallies, perClass),
    rocAucMacro: meanOfDefined(perClass.map((one) => one.rocAuc)),
  };
}
