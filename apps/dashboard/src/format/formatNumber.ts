/** What stands where there is no value: never a zero, never a blank. */
export const MISSING = "–";

const isSmall = (value: number) => value !== 0 && Math.abs(value) < 0.01;
const isLarge = (value: number) => Math.abs(value) >= 1e6;

const exponential = (value: number, digits: number) =>
  value
    .toExponential(digits - 1)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e");

/**
 * A measured value with four significant digits and its trailing zeros, so that a column of
 * them lines up: 0.8910, 12.34, 1.7e-3. Null, NaN and the infinities are `MISSING`.
 */
export function formatMetric(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  if (isSmall(value) || isLarge(value)) return exponential(value, 4);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

/** A chosen value as a person would write it: 1e-3, 0.05, 128, relu, true. */
export function formatParam(value: unknown): string {
  if (value === undefined || value === null) return MISSING;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** Four significant digits without trailing zeros; integers whole, since a seed is one. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  if (isSmall(value) || isLarge(value)) return exponential(value, 4);
  return String(Number(value.toPrecision(4)));
}

const counter = new Intl.NumberFormat("en");

/** A count with thousands apart: 10,000. */
export const formatCount = (value: number): string => counter.format(value);

/** `1 run`, `2 runs`, `no runs`. */
export function formatCounted(count: number, noun: string): string {
  if (count === 0) return `no ${noun}s`;
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** 0.873 → 87.3 %. */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return MISSING;
  return `${(share * 100).toFixed(digits)} %`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
