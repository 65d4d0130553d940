import { formatNumber } from "../format/formatNumber.js";
import type { FieldSpec } from "./schemaFields.js";

/** How a value of a draft is written in a field, and what is meant by what somebody types there. */

export function toFieldText(value: unknown, isList = false): string {
  if (value === undefined) return "";
  if (isList && Array.isArray(value) && value.every((each) => typeof each !== "object"))
    return value.map((each) => JSON.stringify(each)).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Numbers, true, false, null, lists and objects are JSON; anything else is a word. Nothing typed
 * is nothing said: undefined.
 */
export function fromFieldText(text: string, isList = false): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (!isList) return readLoose(trimmed);
  const list = readLoose(trimmed.startsWith("[") ? trimmed : `[${trimmed}]`);
  return Array.isArray(list) ? list : trimmed.split(",").map((part) => readLoose(part.trim()));
}

function readLoose(text: string): unknown {
  // JSON has neither .5 nor 1e-3's siblings such as +1.
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What stands in an empty field: what is taken then. */
export function usualText({ usual, isRequired }: FieldSpec): string {
  if (isRequired) return "needed";
  if (usual === undefined || usual === null) return "none";
  return typeof usual === "number" ? formatNumber(usual) : toFieldText(usual);
}
