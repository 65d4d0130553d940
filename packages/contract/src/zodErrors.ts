import type { z } from "zod";
import type { FieldError } from "./appError.js";
import { kerasName, whyUnneeded } from "./kerasNames.js";
import { nearestName } from "./nearestName.js";
import { fieldsOf } from "./strictObject.js";

/**
 * Turns zod's issues into field errors; a union reports the branch that got furthest.
 * @param prefix goes before every path.
 * @param input what was parsed: with it an error says which layer of a model it is about, and which
 *   name was probably meant.
 */
export function toFieldErrors(error: z.core.$ZodError, prefix = "", input?: unknown): FieldError[] {
  return error.issues
    .flatMap((issue) => flatten(issue, [], input))
    .map(({ path, ...rest }) => ({
      path: [prefix, ...path.map(String)].filter((part) => part !== "").join("."),
      ...rest,
      message: rest.message + whichLayer(input, path),
    }));
}

interface PathError extends Omit<FieldError, "path"> {
  readonly path: readonly PropertyKey[];
}

function flatten(issue: z.core.$ZodIssue, base: PropertyKey[], input: unknown): PathError[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0 && isZods(issue)) {
    const best = issue.errors.reduce((a, b) => (depthOf(b) > depthOf(a) ? b : a));
    return best.flatMap((inner) => flatten(inner, path, input));
  }
  // What is wrong with a name: zod itself says only that a key is invalid.
  if (issue.code === "invalid_key")
    return issue.issues.flatMap((inner) => flatten(inner, path, input));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key, at) => ({
      path: [...path, key],
      rule: issue.code,
      message: unknownField(key, fieldsOf(issue.message), at === 0),
    }));
  const rule = issue.code === "custom" ? String(issue.params?.rule ?? "custom") : issue.code;
  return [{ path, rule, message: inWords(issue, valueAt(input, path)) }];
}

/** @param listed whether the fields that there are follow: of several wrong ones, once is enough. */
function unknownField(key: string, fields: readonly string[], listed: boolean): string {
  const wrong = `"${key}" is no field here`;
  if (fields.length === 0) return wrong;
  return `${wrong}${hintOf(key, fields)}${listed ? ` Its fields: ${fields.join(", ")}` : ""}`;
}

function hintOf(key: string, fields: readonly string[]): string {
  const unneeded = whyUnneeded(key);
  if (unneeded !== undefined) return `: ${unneeded}.`;
  const near = kerasName(key, fields) ?? nearestName(key, fields);
  return near === undefined ? "." : `; did you mean "${near}"?`;
}

/** Whether the message is zod's own; one that a schema gives stands as it is. */
const isZods = ({ message }: z.core.$ZodIssue): boolean =>
  /^(Invalid (input|option|discriminator)|Too (small|big):)/.test(message);

/** zod's own messages as one would say them. */
function inWords(issue: z.core.$ZodIssue, given: unknown): string {
  if (!isZods(issue)) return issue.message;
  switch (issue.code) {
    case "invalid_type": {
      const received = /received (.+)$/.exec(issue.message)?.[1];
      const expected = kindInWords(issue.expected);
      if (expected === KINDS.int && received === "number") return `is to be ${expected}`;
      return received === undefined || received === "undefined"
        ? `is missing: ${expected} is expected`
        : `is to be ${expected}, not ${kindInWords(received)}`;
    }
    case "invalid_value":
      return issue.values.length === 1
        ? `is to be ${JSON.stringify(issue.values[0])}`
        : noneOf(issue.values, given);
    case "invalid_union": {
      const options = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
      if (options.length === 0) return "is of none of the forms it may have";
      return noneOf(options, given);
    }
    case "too_small":
      if (issue.minimum === 1 && issue.origin in EMPTY) return "is empty";
      return `is to be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return `is to be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

function noneOf(options: readonly unknown[], given: unknown): string {
  const all = `is none of ${options.map((value) => JSON.stringify(value)).join(", ")}`;
  if (typeof given !== "string") return all;
  const names = options.filter((option): option is string => typeof option === "string");
  const near = kerasName(given, names) ?? nearestName(given, names);
  return `"${given}" ${all}${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

const KINDS: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object with fields",
  record: "an object with fields",
  null: "null",
  nan: "NaN",
  NaN: "NaN",
};
const kindInWords = (kind: string): string => KINDS[kind] ?? kind;

const EMPTY = { string: true, array: true };

const unitOf = (origin: string): string =>
  origin === "string" ? " characters long" : origin === "array" ? " items long" : "";

/**
 * How far a union's branch agreed with the input: a branch of another kind of value, that failed on
 * its discriminating literal, or that knows less of the fields, was not meant; among the others the
 * one with the fewest complaints was.
 */
function depthOf(issues: z.core.$ZodIssue[]): number {
  const wrongKind = issues.some(
    (issue) => issue.code === "invalid_value" && issue.path.length === 1,
  );
  const wrongType = issues.some(
    (issue) => issue.path.length === 0 && issue.code === "invalid_type",
  );
  const unknownField = issues.some(
    (issue) => issue.path.length === 0 && issue.code === "unrecognized_keys",
  );
  const unlikely = (wrongKind ? 1000 : 0) + (unknownField ? 1000 : 0) + (wrongType ? 1500 : 0);
  return -unlikely - issues.length;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

/** Of a model's layers the innermost that `path` leads into, for the end of a message. */
function whichLayer(input: unknown, path: readonly PropertyKey[]): string {
  const at = path.findLastIndex(
    (key, index) => typeof key === "number" && path[index - 1] === "layers",
  );
  if (at < 0 || at === path.length - 1) return "";
  const layer = valueAt(input, path.slice(0, at + 1));
  const [name, kind] = [valueAt(layer, ["name"]), valueAt(layer, ["class_name"])];
  const isUnknownKind = path[at + 1] === "class_name";
  if (typeof kind !== "string" || isUnknownKind) return "";
  return typeof name === "string"
    ? ` (layer "${name}", ${kind})`
    : ` (layer ${String(path[at])}, ${kind})`;
}
