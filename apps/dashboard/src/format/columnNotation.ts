import { formatMetric, formatParam, MISSING } from "./formatNumber.js";

/**
 * How all numbers of one column are written, so that they can be compared by their looks: each as
 * it reads best, all with four decimals, or all with an exponent.
 */
export type Notation = "plain" | "fixed" | "exponent";

const SMALL = 0.01;
const LOST_IN_FIXED = 0.001;

const sizesOf = (values: readonly unknown[]) =>
  values
    .filter((value) => typeof value === "number")
    .filter((value) => Number.isFinite(value) && value !== 0)
    .map(Math.abs);

/** For chosen values: as soon as one needs an exponent, all have one: 5.783e-3, 1.488e-2. */
export const paramNotation = (values: readonly unknown[]): Notation =>
  sizesOf(values).some((size) => size < SMALL) ? "exponent" : "plain";

/** For measured values: beside larger ones, a small one is written out: 0.0085, 0.4510. */
export function metricNotation(values: readonly unknown[]): Notation {
  const sizes = sizesOf(values);
  const least = Math.min(...sizes);
  if (least >= SMALL || sizes.length === 0) return "plain";
  return least >= LOST_IN_FIXED && Math.max(...sizes) >= SMALL ? "fixed" : "exponent";
}

const exponent = (value: number): string =>
  value
    .toExponential(3)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e");

export function formatParamIn(notation: Notation, value: unknown): string {
  if (notation === "plain" || typeof value !== "number" || value === 0) return formatParam(value);
  return Number.isFinite(value) ? exponent(value) : MISSING;
}

export function formatMetricIn(notation: Notation, value: number | null | undefined): string {
  if (notation === "plain" || value === null || value === undefined || !Number.isFinite(value))
    return formatMetric(value);
  return notation === "fixed" ? value.toFixed(4) : value === 0 ? "0" : exponent(value);
}
