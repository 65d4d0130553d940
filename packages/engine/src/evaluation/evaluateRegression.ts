import type { RegressionReport, RegressionSample, TargetReport } from "@sweepyard/contract";
import { quantile } from "./quantile.js";
import { meanOfDefined } from "./rocAuc.js";
import { sampleRows } from "./sampleRows.js";

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
const WORST = 32;
const SAMPLED_ROWS = 1000;
/** Targets times rows; a report stays below about 300 kB however many targets there are. */
const SAMPLED_OUTPUTS = 10_000;

/**
 * @param outputs [rows, targets], row-major.
 * @param targets of the same shape. Where either is not finite, its target's figures are null.
 */
export function evaluateRegression(
  outputs: Float32Array,
  targets: ArrayLike<number>,
  targetNames: readonly string[],
): RegressionReport {
  const columns = targetNames.length;
  const samples = columns === 0 ? 0 : outputs.length / columns;
  const perTarget = targetNames.map((name, target) =>
    evaluateTarget(name, {
      actual: Float64Array.from({ length: samples }, (_, row) =>
        Number(targets[row * columns + target]),
      ),
      predicted: Float64Array.from({ length: samples }, (_, row) =>
        Number(outputs[row * columns + target]),
      ),
    }),
  );
  const mean = (figure: Exclude<keyof TargetReport, "name" | "residuals">) => {
    const values = perTarget.map((one) => one[figure]);
    return values.includes(null) ? null : meanOfDefined(values);
  };
  return {
    task: "regression",
    samples,
    loss: mean("meanSquaredError"),
    meanSquaredError: mean("meanSquaredError"),
    rootMeanSquaredError: mean("rootMeanSquaredError"),
    meanAbsoluteError: mean("meanAbsoluteError"),
    r2: mean("r2"),
    medianAbsoluteError: mean("medianAbsoluteError"),
    perTarget,
    worst: worstRows(outputs, targets, columns),
    sample: sampleOf(outputs, targets, columns),
  };
}

interface Column {
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

function evaluateTarget(name: string, { actual, predicted }: Column): TargetReport {
  const rows = actual.length;
  const residuals = actual.map((value, row) => value - (predicted[row] as number)).sort();
  if (rows === 0 || !residuals.every(Number.isFinite))
    return {
      name,
      meanSquaredError: null,
      rootMeanSquaredError: null,
      meanAbsoluteError: null,
      r2: null,
      medianAbsoluteError: null,
      residuals: [],
    };
  const total = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
  const squares = total(residuals.map((value) => value * value));
  const centre = total(actual) / rows;
  const spread = total(actual.map((value) => (value - centre) ** 2));
  const absolute = residuals.map(Math.abs).sort();
  return {
    name,
    meanSquaredError: squares / rows,
    rootMeanSquaredError: Math.sqrt(squares / rows),
    meanAbsoluteError: total(absolute) / rows,
    r2: coefficientOfDetermination(squares, spread),
    medianAbsoluteError: quantile(absolute, 0.5),
    residuals: QUANTILES.map((share) => ({ quantile: share, value: quantile(residuals, share) })),
  };
}

/** Of targets that are all the same scikit-learn's: 1 if they were met exactly, else 0. */
function coefficientOfDetermination(squares: number, spread: number): number {
  if (spread > 0) return 1 - squares / spread;
  return squares === 0 ? 1 : 0;
}

function worstRows(
  outputs: Float32Array,
  targets: ArrayLike<number>,
  columns: number,
): RegressionReport["worst"] {
  const residual = (i: number) => Math.abs((targets[i] as number) - (outputs[i] as number));
  return [...outputs.keys()]
    .filter((i) => Number.isFinite(residual(i)))
    .sort((a, b) => residual(b) - residual(a) || a - b)
    .slice(0, WORST)
    .map((i) => ({
      row: Math.floor(i / columns),
      target: i % columns,
      actual: targets[i] as number,
      predicted: outputs[i] as number,
    }));
}

function sampleOf(
  outputs: Float32Array,
  targets: ArrayLike<number>,
  columns: number,
): RegressionSample {
  const samples = columns === 0 ? 0 : outputs.length / columns;
  const most = Math.min(SAMPLED_ROWS, Math.floor(SAMPLED_OUTPUTS / Math.max(1, columns)));
  const rows = sampleRows(samples, most);
  const byTarget = (values: ArrayLike<number>) =>
    Array.from({ length: columns }, (_, target) =>
      rows.map((row) => finiteDigits(values[row * columns + target] as number)),
    );
  return { rows, actual: byTarget(targets), predicted: byTarget(outputs) };
}

const finiteDigits = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(7)) : null;
