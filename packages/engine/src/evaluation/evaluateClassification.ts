import { AppError, type ClassificationReport } from "@sweepyard/contract";
import { calibrate } from "./calibration.js";
import {
  averagesOf,
  balancedAccuracy,
  cohenKappa,
  confusedPairs,
  countConfusions,
  matthewsCorrelation,
  scoresOf,
  shareOf,
  sum,
  talliesOf,
} from "./confusion.js";
import { indexOfMax } from "./indexOfMax.js";
import { bootstrapF1Macro, wilsonInterval } from "./intervals.js";
import { meanOfDefined, rocAuc } from "./rocAuc.js";
import { surestErrors } from "./surestErrors.js";

/**
 * @param probabilities [rows, classes], row-major; the predicted class is the first highest.
 * @param labels [rows], class ids.
 * @throws {AppError} `data_invalid` for an unknown label.
 */
export function evaluateClassification(
  probabilities: Float32Array,
  labels: Uint8Array | Int32Array,
  classNames: readonly string[],
): ClassificationReport {
  const classes = classNames.length;
  const samples = labels.length;
  const predictions = new Int32Array(samples);
  const confidence = new Float64Array(samples);
  const ranks = new Int32Array(samples);
  let nats = 0;
  for (let row = 0; row < samples; row++) {
    const label = labels[row] as number;
    if (label < 0 || label >= classes)
      throw new AppError("data_invalid", `row ${row} has label ${label} of ${classes} classes`);
    const outputs = probabilities.subarray(row * classes, (row + 1) * classes);
    const total = outputs.reduce((all, value) => all + value, 0);
    const predicted = indexOfMax(outputs);
    predictions[row] = predicted;
    confidence[row] = (outputs[predicted] as number) / total;
    ranks[row] = rankOf(label, outputs);
    nats -= Math.log(clipped((outputs[label] as number) / total));
  }
  const counts = countConfusions(labels, predictions, classes);
  const tallies = talliesOf(counts);
  const perClass = tallies.map((tally, label) => ({
    label,
    name: classNames[label] as string,
    ...scoresOf(tally),
    support: tally.support,
    rocAuc: rocAuc(
      samples,
      (row) => probabilities[row * classes + label] as number,
      (row) => labels[row] === label,
    ),
  }));
  const right = sum(tallies.map(({ hits }) => hits));
  return {
    task: "classification",
    samples,
    loss: Number.isFinite(nats) && samples > 0 ? nats / samples : null,
    accuracy: shareOf(right, samples),
    accuracyInterval: wilsonInterval(right, samples),
    balancedAccuracy: balancedAccuracy(tallies),
    matthewsCorrelation: matthewsCorrelation(tallies),
    cohenKappa: cohenKappa(tallies),
    topK: [2, 3, 5]
      .filter((k) => k < classes)
      .map((k) => ({ k, accuracy: shareOf(ranks.filter((rank) => rank < k).length, samples) })),
    perClass,
    ...averagesOf(tallies, perClass),
    f1MacroInterval: bootstrapF1Macro(labels, predictions, classes),
    rocAucMacro: meanOfDefined(perClass.map((one) => one.rocAuc)),
    calibration: calibrate(confidence, (row) => labels[row] === predictions[row]),
    confusionMatrix: counts,
    mostConfused: confusedPairs(counts, classNames),
    misclassified: surestErrors(labels, predictions, confidence),
  };
}

/** The smallest float32 step: scikit-learn clips by the precision of the probabilities it is given. */
const LOG_LOSS_CLIP = 2 ** -23;

const clipped = (share: number): number =>
  Math.min(Math.max(share, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP);

/** Classes that stand before `label`; of equal outputs the higher class does, as in scikit-learn. NaN is last. */
function rankOf(label: number, outputs: Float32Array): number {
  const own = outputs[label] as number;
  if (Number.isNaN(own)) return outputs.length;
  let rank = 0;
  for (let other = 0; other < outputs.length; other++) {
    const value = outputs[other] as number;
    if (value > own || (value === own && other > label)) rank++;
  }
  return rank;
}
