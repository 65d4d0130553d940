import type { BestSoFar, SweepView } from "@sweepyard/contract";
import { formatCounted, formatMetric } from "../format/formatNumber.js";

/** A small line of a list: corners from (0, 0) at the bottom left to (1, 1) at the top right. */
export interface Sparkline {
  readonly corners: readonly (readonly [x: number, y: number])[];
  readonly summary: string;
}

type Improvements = Pick<BestSoFar, "numbers" | "values">;

/**
 * How a sweep's best came about, over the runs it may have; better is up, whatever the direction.
 * A best that the sweep tells and `improvements` does not have yet is its last step. Null while no
 * run has completed.
 */
export function prepareSparkline(
  sweep: Pick<SweepView, "best" | "objective" | "counts" | "plannedRuns">,
  { numbers, values }: Improvements = { numbers: [], values: [] },
): Sparkline | null {
  const { best, objective } = sweep;
  const sign = objective.direction === "maximize" ? 1 : -1;
  const steps = numbers.map((number, index) => ({ number, value: values[index] ?? Number.NaN }));
  const last = steps.at(-1);
  if (best !== null && (last === undefined || sign * best.value > sign * last.value))
    steps.push({ number: best.number, value: best.value });
  const [first] = steps;
  const end = steps.at(-1);
  if (first === undefined || end === undefined) return null;

  const created = Object.values(sweep.counts).reduce((sum, count) => sum + count, 0);
  const over = Math.max(sweep.plannedRuns ?? 0, created, end.number, 2) - 1;
  const span = Math.abs(end.value - first.value);
  const x = (number: number) => (number - 1) / over;
  const y = (value: number) => (span === 0 ? 0.5 : 1 - Math.abs(end.value - value) / span);
  const corners = steps.flatMap(({ number, value }, index): (readonly [number, number])[] => {
    const before = steps[index - 1];
    const corner = [x(number), y(value)] as const;
    return before === undefined ? [corner] : [[x(number), y(before.value)], corner];
  });
  // The best holds for all runs there are, and not for those that are only planned.
  const held = x(Math.max(created, end.number));
  if (held > x(end.number)) corners.push([held, y(end.value)]);
  return {
    corners,
    summary: `Best ${objective.metric} so far: ${formatMetric(first.value)} with run ${first.number}${
      steps.length === 1
        ? ""
        : `, ${formatMetric(end.value)} with run ${end.number} after ${formatCounted(steps.length - 1, "improvement")}`
    }.`,
  };
}
