import type { Baseline, DriftVerdict, DriftView } from "@sweepyard/contract";
import { chiSquaredPValue } from "./chiSquaredPValue.js";

/** Fewer rows say nothing: by chance alone the index of ten bins is then about 9 / rows. */
const LEAST_ROWS = 200;
/** The index from which a shift is taken for moderate, and for large. */
const MODERATE = 0.1;
const LARGE = 0.25;
/** Of a bin that nothing fell into: its logarithm would be infinite. */
const EMPTY_SHARE = 1e-4;

export interface ServedRows {
  readonly version: number;
  readonly rows: number;
  /** By predicted class. */
  readonly classes: readonly number[];
  /** By each tenth of each input of the baseline, one after the other. */
  readonly inputs: readonly number[];
}

/** How served rows differ from the training rows. */
export function driftOf(
  baseline: Baseline,
  { version, rows, classes, inputs }: ServedRows,
  classNames: readonly string[],
): DriftView {
  let at = 0;
  const figures = baseline.inputs.map(({ name, counts }) => {
    const served = counts.map((_, bin) => inputs[at + bin] ?? 0);
    at += counts.length;
    return { name, ...compare(counts, served) };
  });
  const predicted = baseline.classes;
  const counted = predicted?.map((_, label) => classes[label] ?? 0) ?? [];
  const classFigure =
    predicted === null
      ? null
      : {
          name: "predicted class",
          names: [...classNames],
          ...compare(predicted, counted),
          ...chiSquared(predicted, counted),
        };
  const indexes = [...figures, ...(classFigure === null ? [] : [classFigure])];
  const largest = Math.max(0, ...indexes.map(({ psi }) => psi));
  return { version, rows, verdict: verdict(rows, largest), inputs: figures, classes: classFigure };
}

function verdict(rows: number, psi: number): DriftVerdict {
  if (rows < LEAST_ROWS) return "too_few";
  if (psi < MODERATE) return "stable";
  return psi < LARGE ? "moderate" : "large";
}

/**
 * The population stability index: the sum of (served - trained) ln(served / trained) over the bins'
 * shares; 0 where they are the same.
 * @see Siddiqi, Credit Risk Scorecards (2006), ch. 9
 */
function compare(trainedCounts: readonly number[], servedCounts: readonly number[]) {
  const trained = shares(trainedCounts);
  const served = shares(servedCounts);
  const isEmpty = served.every((share) => share === 0);
  const psi = trained.reduce((sum, share, bin) => {
    const before = Math.max(share, EMPTY_SHARE);
    const now = Math.max(served[bin] ?? 0, EMPTY_SHARE);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
  return { psi: isEmpty ? 0 : psi, trained, served };
}

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** Pearson's test that two samples of counts come from the same shares; bins empty in both are left out. */
function chiSquared(first: readonly number[], second: readonly number[]) {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [n, m] = [sum(first), sum(second)];
  const both = first.map((count, bin) => [count, second[bin] ?? 0] as const);
  const filled = both.filter(([a, b]) => a + b > 0);
  const degrees = Math.max(0, filled.length - 1);
  if (n === 0 || m === 0 || degrees === 0) return { chiSquared: 0, degrees, p: 1 };
  const statistic = filled.reduce((total, [a, b]) => {
    const expected = ((a + b) * n) / (n + m);
    const other = ((a + b) * m) / (n + m);
    return total + (a - expected) ** 2 / expected + (b - other) ** 2 / other;
  }, 0);
  return { chiSquared: statistic, degrees, p: chiSquaredPValue(statistic, degrees) };
}
