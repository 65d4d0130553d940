import { AppError, type Report } from "@sweepyard/contract";
import type { Rows } from "./dataset.js";

/**
 * A classifier's report, as scikit-learn's classification_report over all labels with
 * zero_division 0 has it, in double precision.
 *
 * @param probabilities [rows, classes], row-major; the predicted class is the first highest.
 *   A NaN is never the highest, unless it stands first.
 * @param labels [rows], class ids.
 * @throws {AppError} `shape_mismatch` if the lengths disagree, `data_invalid` for an unknown label.
 */
export function evaluate(
  probabilities: Float32Array,
  labels: Rows["y"],
  classNames: readonly string[],
): Report {
  const classes = classNames.length;
  if (probabilities.length !== labels.length * classes) {
    throw new AppError(
      "shape_mismatch",
      `${probabilities.length} probabilities are not ${labels.length} rows of ${classes} classes`,
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let nats = 0;
  labels.forEach((label, row) => {
    const counts = matrix[label];
    if (counts === undefined)
      throw new AppError("data_invalid", `row ${row} has label ${label} of ${classes} classes`);
    const outputs = probabilities.subarray(row * classes, (row + 1) * classes);
    const predicted = indexOfMax(outputs);
    counts[predicted] = (counts[predicted] as number) + 1;
    nats -= logProbability(outputs, label);
  });
  return { loss: lossOf(nats / labels.length), ...reportOf(matrix, classNames) };
}

/** Outputs are divided by their sum and clipped by one epsilon of double precision, as scikit-learn's log_loss. */
function logProbability(outputs: Float32Array, label: number): number {
  const sum = outputs.reduce((total, value) => total + value, 0);
  const share = (outputs[label] as number) / sum;
  return Math.log(Math.min(Math.max(share, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP));
}

/** The smallest float32 step: scikit-learn clips by the precision of the probabilities it is given. */
const LOG_LOSS_CLIP = 2 ** -23;

const lossOf = (nats: number): number | null => (Number.isFinite(nats) ? nats : null);

function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

type Counts = readonly (readonly number[])[];

function reportOf(matrix: Counts, classNames: readonly string[]): Omit<Report, "loss"> {
  const at = (actual: number, predicted: number) => matrix[actual]?.[predicted] ?? 0;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

  const samples = sum(matrix.map(sum));
  const perClass = classNames.map((name, label) => {
    const hits = at(label, label);
    const support = sum(matrix[label] ?? []);
    const predicted = sum(matrix.map((row) => row[label] ?? 0));
    return {
      label,
      name,
      precision: share(hits, predicted),
      recall: share(hits, support),
      f1: share(2 * hits, support + predicted),
      support,
    };
  });
  const average = (weightOf: (support: number) => number) => {
    const mean = (field: "precision" | "recall" | "f1") =>
      share(
        sum(perClass.map((one) => one[field] * weightOf(one.support))),
        sum(perClass.map((one) => weightOf(one.support))),
      );
    return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  };
  return {
    samples,
    accuracy: share(sum(matrix.map((row, label) => row[label] ?? 0)), samples),
    perClass,
    macro: average(() => 1),
    weighted: average((support) => support),
    confusionMatrix: matrix.map((row) => [...row]),
    mostConfused: confusedPairs(matrix, classNames),
  };
}

function confusedPairs(matrix: Counts, classNames: readonly string[]): Report["mostConfused"] {
  const pairs = classNames.flatMap((a, i) =>
    classNames.slice(i + 1).map((b, offset) => {
      const j = i + 1 + offset;
      const aAsB = matrix[i]?.[j] ?? 0;
      const bAsA = matrix[j]?.[i] ?? 0;
      return { a, b, count: aAsB + bAsA, aAsB, bAsA };
    }),
  );
  return pairs.filter((pair) => pair.count > 0).sort((one, other) => other.count - one.count);
}
