import type { Direction } from "@sweepyard/contract";
import type { RunCurve } from "./pruner.js";

/** Step → value, NaN for null, in the order of reporting; the first report at a step counts. */
export type Reports = ReadonlyMap<number, number>;

export function firstReports({ points }: Pick<RunCurve, "points">): Reports {
  const reports = new Map<number, number>();
  for (const { step, value } of points)
    if (!reports.has(step)) reports.set(step, value ?? Number.NaN);
  return reports;
}

/** The largest step, whenever it was reported; null without a report. */
export function lastStep(reports: Reports): number | null {
  let last: number | null = null;
  for (const step of reports.keys()) if (last === null || step > last) last = step;
  return last;
}

/**
 * Whether no earlier report has been judged in the interval that `step` lies in. Intervals of
 * `interval_steps` steps follow each other from `n_warmup_steps` on.
 */
export function isFirstInInterval(
  step: number,
  reports: Reports,
  { n_warmup_steps, interval_steps }: { n_warmup_steps: number; interval_steps: number },
): boolean {
  const start =
    Math.floor((step - n_warmup_steps) / interval_steps) * interval_steps + n_warmup_steps;
  for (const earlier of reports.keys()) if (earlier < step && earlier >= start) return false;
  return true;
}

/** NaN if there is nothing but NaN. */
export function bestOf(values: Iterable<number>, direction: Direction): number {
  let best = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(best) || isBetter(value, best, direction)) best = value;
  }
  return best;
}

/** Strictly; false if either is NaN. */
export const isBetter = (value: number, than: number, direction: Direction): boolean =>
  direction === "minimize" ? value < than : value > than;

/** A number as people read it in a reason: four figures. */
export const figure = (value: number): string => String(Number(value.toPrecision(4)));
