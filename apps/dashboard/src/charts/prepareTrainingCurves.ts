import { type MetricRow, risesByDefault } from "@sweepyard/contract";
import { formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis, logAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import { curveSegments, type Point } from "./curveSegments.js";
import { ascending } from "./quantile.js";

export interface TrainingLine {
  readonly key: "training" | "validation";
  readonly label: string;
  readonly segments: readonly (readonly Point[])[];
  /** By step; a missing one is absent. */
  readonly values: ReadonlyMap<number, number>;
}

export interface TrainingCurves {
  readonly metric: string;
  readonly lines: readonly TrainingLine[];
  readonly steps: readonly number[];
  /** The epoch at which validation was best, where there is validation. */
  readonly bestStep: number | null;
  readonly x: Axis;
  readonly y: Axis;
  readonly summary: string;
  readonly table: ChartTable;
}

/**
 * One metric of one run, training beside validation: `accuracy` and `val_accuracy`.
 * The x axis reaches to the planned last epoch, so that progress is seen.
 */
export function prepareTrainingCurves(
  rows: readonly MetricRow[],
  metric: string,
  epochs: number,
  log = false,
): TrainingCurves | null {
  const training = readValues(rows, metric);
  const validation = readValues(rows, `val_${metric}`);
  const all = ascending([...training.values(), ...validation.values()]).filter(
    (value) => !log || value > 0,
  );
  const [low] = all;
  const high = all.at(-1);
  if (low === undefined || high === undefined) return null;

  const steps = ascending(new Set([...training.keys(), ...validation.keys()]));
  const x = stepAxis("epoch", Math.min(1, steps[0] ?? 1), Math.max(epochs, steps.at(-1) ?? 1));
  // Its figures need the room, and a panel says what they are.
  const title = metric === "samples_per_second" ? "" : metric;
  const y = log ? logAxis(title, low, high) : linearAxis(title, low, high);
  const line = (key: TrainingLine["key"], values: Map<number, number>): TrainingLine => ({
    key,
    label: key,
    segments: curveSegments(
      steps,
      steps.map((step) => values.get(step) ?? null),
      x,
      y,
    ),
    values,
  });
  const lines = [line("training", training), line("validation", validation)].filter(
    ({ values }) => values.size > 0,
  );
  const bestStep = bestOf(validation, risesByDefault(metric));
  return {
    metric,
    lines,
    steps,
    bestStep,
    x,
    y,
    summary: summarise(metric, lines, bestStep, validation),
    table: {
      name: `training and validation ${metric} by epoch`,
      columns: ["epoch", ...lines.map(({ label }) => `${label} ${metric}`)],
      rows: steps.map((step) => [step, ...lines.map(({ values }) => values.get(step) ?? null)]),
    },
  };
}

function readValues(rows: readonly MetricRow[], name: string): Map<number, number> {
  const values = new Map<number, number>();
  for (const row of rows) {
    const value = row.values[name];
    if (value !== null && value !== undefined && Number.isFinite(value))
      values.set(row.step, value);
  }
  return values;
}

function bestOf(values: ReadonlyMap<number, number>, maximize: boolean): number | null {
  let best: [number, number] | null = null;
  for (const [step, value] of values)
    if (best === null || (maximize ? value > best[1] : value < best[1])) best = [step, value];
  return best?.[0] ?? null;
}

function summarise(
  metric: string,
  lines: readonly TrainingLine[],
  bestStep: number | null,
  validation: ReadonlyMap<number, number>,
): string {
  const ends = lines.map(({ label, values }) => {
    const last = [...values].at(-1);
    return last === undefined ? label : `${label} ${formatMetric(last[1])} at epoch ${last[0]}`;
  });
  const best =
    bestStep === null
      ? ""
      : ` Validation was best at epoch ${bestStep} with ${formatMetric(validation.get(bestStep))}.`;
  return `${metric} by epoch: ${ends.join(", ")}.${best}`;
}
