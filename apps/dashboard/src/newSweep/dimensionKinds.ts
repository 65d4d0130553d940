import { Dimension } from "@sweepyard/contract";
import { formatParamIn, paramNotation } from "../format/columnNotation.js";
import { formatParam } from "../format/formatNumber.js";
import { fieldsByVariant } from "./schemaFields.js";
import { isRecord } from "./sweepDraft.js";

/** The kinds of dimensions and their fields, from the contract. */
export const DIMENSION_FIELDS = fieldsByVariant(Dimension, "type");

/** What it is called for people. */
export const DIMENSION_WORDS: Readonly<Record<Dimension["type"], string>> = {
  float: "range of numbers",
  int: "range of whole numbers",
  categorical: "choices",
  ordinal: "choices in order",
  constant: "one value",
  normal: "normal distribution",
  log_normal: "log-normal distribution",
};

/** A dimension as another kind; what both have stays, what the new one needs is made up of it. */
export function retype(dimension: unknown, type: Dimension["type"]): Record<string, unknown> {
  const old = isRecord(dimension) ? dimension : {};
  const [low, high] = endsOf(old);
  const conditions = Object.fromEntries(
    ["when", "where"].flatMap((key) => (old[key] === undefined ? [] : [[key, old[key]]])),
  );
  switch (type) {
    case "float":
      return { type, low, high, ...(old.log === true && low > 0 && { log: true }), ...conditions };
    case "int":
      return { type, low: Math.round(low), high: Math.round(high), ...conditions };
    case "categorical":
    case "ordinal": {
      const choices = Array.isArray(old.choices) ? old.choices : [...new Set([low, high])];
      return { type, choices, ...conditions };
    }
    case "constant":
      return {
        type,
        value: Array.isArray(old.choices) ? (old.choices[0] ?? null) : low,
        ...conditions,
      };
    case "normal":
      return { type, mu: (low + high) / 2, sigma: spread(low, high), low, high, ...conditions };
    case "log_normal": {
      const [bottom, top] = [Math.max(low, 1e-6), Math.max(high, 1e-5)].map(Math.log) as [
        number,
        number,
      ];
      return { type, mu: (bottom + top) / 2, sigma: spread(bottom, top), ...conditions };
    }
  }
}

/** Both ends lie three deviations from the middle. */
const spread = (low: number, high: number): number => (high > low ? (high - low) / 6 : 1);

function endsOf(old: Readonly<Record<string, unknown>>): [number, number] {
  const numbers = [
    ...(Array.isArray(old.choices) ? old.choices : []),
    old.low,
    old.high,
    old.value,
    old.mu,
  ].filter((value) => typeof value === "number");
  if (numbers.length === 0) return [0, 1];
  return [Math.min(...numbers), Math.max(...numbers)];
}

/** A dimension in a few words: "1e-4 to 1e-2, log". */
export function dimensionText(dimension: unknown): string {
  if (!isRecord(dimension)) return "no dimension yet";
  const { type, low, high, log, step, choices, value, mu, sigma } = dimension;
  switch (type) {
    case "float":
    case "int": {
      const stepped = typeof step === "number" && step !== 1 ? `, in steps of ${step}` : "";
      const notation = paramNotation([low, high]);
      const [from, to] = [low, high].map((end) => formatParamIn(notation, end));
      return `${from} to ${to}${log === true ? ", log" : ""}${stepped}`;
    }
    case "categorical":
    case "ordinal":
      return Array.isArray(choices) ? choices.map(formatParam).join(", ") : "no choices yet";
    case "constant":
      return `always ${formatParam(value)}`;
    case "normal":
    case "log_normal":
      return `${type.replace("_", "-")}, mu ${formatParam(mu)}, sigma ${formatParam(sigma)}`;
    default:
      return "a kind that there is not";
  }
}
