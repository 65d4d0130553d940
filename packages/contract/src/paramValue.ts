import { z } from "zod";

/** Any JSON value: a number, or a choice such as a name or a list of layer widths. */
export const ParamValue = z.json();
export type ParamValue = z.infer<typeof ParamValue>;

/** One chosen point. A dimension whose condition does not hold is absent. */
export const Params = z.record(z.string(), ParamValue);
export type Params = z.infer<typeof Params>;

/** A text that two values share if and only if they are the same, whatever the order of keys. */
export function paramKey(value: ParamValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(paramKey).join()}]`;
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${paramKey(member)}`);
  return `{${entries.join()}}`;
}

/** Equality of JSON values; lists and objects are compared by what they hold. */
export const isSameParam = (a: ParamValue | undefined, b: ParamValue | undefined): boolean =>
  a === b ||
  (typeof a === "object" && typeof b === "object" && a && b ? paramKey(a) === paramKey(b) : false);

/** The value as one writes it in a line of text: JSON, but a text without its quotes. */
export const paramText = (value: ParamValue): string =>
  typeof value === "string" ? value : JSON.stringify(value);
