import { formatNumber } from "../format/formatNumber.js";

/** One axis, fully decided: what draws it makes up no limit and no tick. */
export interface Axis {
  readonly title: string;
  /** Limits in drawn coordinates. */
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Value → drawn coordinate; null where the scale has no place for it. */
  readonly place: (value: number) => number | null;
}

const STEPS = [1, 2, 2.5, 5, 10];

/** The smallest round step that cuts `span` into at most `count` pieces. */
function roundStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  return (STEPS.find((step) => step * power >= raw * 0.999) ?? 10) * power;
}

const within = (value: number) => (Number.isFinite(value) ? value : null);

/** A linear axis that ends on round numbers around `low` and `high`. */
export function linearAxis(title: string, low: number, high: number, count = 5): Axis {
  const pad = low === high ? Math.abs(low) * 0.1 || 1 : 0;
  const step = roundStep(high - low + 2 * pad, count);
  const min = Math.floor((low - pad) / step + 1e-9) * step;
  const max = Math.ceil((high + pad) / step - 1e-9) * step;
  const values = Array.from({ length: Math.round((max - min) / step) + 1 }, (_, i) =>
    Number((min + i * step).toPrecision(12)),
  );
  const ticks = values.map((at) => ({ at, label: tickLabel(at, values) }));
  return { title, min: ticks[0]?.at ?? min, max: ticks.at(-1)?.at ?? max, ticks, place: within };
}

/** As many decimals as the finest of `all` needs, so that the labels of an axis line up. */
function tickLabel(value: number, all: readonly number[]): string {
  const plain = all.map(formatNumber);
  if (plain.some((label) => label.includes("e"))) return formatNumber(value);
  const decimals = Math.max(...plain.map((label) => label.split(".")[1]?.length ?? 0));
  return value.toFixed(decimals);
}

/** Whole steps, such as epochs, from `first` to `last`, with `margin` steps at each side. */
export function stepAxis(
  title: string,
  first: number,
  last: number,
  { count = 16, margin = 0 } = {},
): Axis {
  const end = Math.max(last, first + 1);
  const step = Math.max(1, Math.round(roundStep(end - first, count)));
  const ticks: { at: number; label: string }[] = [];
  // The first is always told, if need be beside round ones: 1, 5, 10.
  const start = step === 2 ? first : Math.ceil(first / step) * step;
  if (start - first >= step / 2) ticks.push({ at: first, label: String(first) });
  for (let at = start; at <= end; at += step) ticks.push({ at, label: String(at) });
  return { title, min: first - margin, max: end + margin, ticks, place: within };
}

/** A logarithmic axis, drawn in powers of ten; values at or below zero have no place on it. */
export function logAxis(title: string, low: number, high: number): Axis {
  const place = (value: number) => (value > 0 ? Math.log10(value) : null);
  const margin = low === high ? 0.1 : Math.log10(high / low) * 0.03;
  const min = Math.log10(low) - margin;
  const max = Math.log10(high) + margin;
  const decades = max - min;
  const digits = decades > 3 ? [1] : decades > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const ticks: { at: number; label: string }[] = [];
  for (let power = Math.floor(min); power <= Math.ceil(max); power++)
    for (const digit of digits) {
      const value = digit * 10 ** power;
      const at = Math.log10(value);
      if (at >= min && at <= max) ticks.push({ at, label: formatNumber(value) });
    }
  return { title, min, max, ticks, place };
}
