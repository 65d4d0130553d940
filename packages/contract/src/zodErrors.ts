import type { z } from "zod";
import type { FieldError } from "./appError.js";
import { nearestName } from "./nearestName.js";
import { fieldsOf } from "./strictObject.js";

/** Turns zod's issues into field errors; a union reports the branch that got furthest. */
export function toFieldErrors(error: z.core.$ZodError, prefix = ""): FieldError[] {
  return error.issues.flatMap((issue) => flatten(issue, prefix === "" ? [] : [prefix]));
}

function flatten(issue: z.core.$ZodIssue, base: PropertyKey[]): FieldError[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const best = issue.errors.reduce((a, b) => (depthOf(b) > depthOf(a) ? b : a));
    return best.flatMap((inner) => flatten(inner, path));
  }
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: toPath([...path, key]),
      rule: issue.code,
      message: unknownField(key, fieldsOf(issue.message)),
    }));
  const rule = issue.code === "custom" ? String(issue.params?.rule ?? "custom") : issue.code;
  return [{ path: toPath(path), rule, message: inWords(issue) }];
}

function unknownField(key: string, fields: readonly string[]): string {
  if (fields.length === 0) return `"${key}" is no field here`;
  const near = nearestName(key, fields);
  const hint = near === undefined ? "." : `; did you mean "${near}"?`;
  return `"${key}" is no field here${hint} Its fields: ${fields.join(", ")}`;
}

/** zod's own messages as one would say them; those that a schema gives stand as they are. */
function inWords(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid (input|option|discriminator)|Too (small|big):)/.test(issue.message))
    return issue.message;
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
        : `is none of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_union": {
      const options = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
      if (options.length === 0) return "is of none of the forms it may have";
      return `is none of ${options.map((value) => JSON.stringify(value)).join(", ")}`;
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

const toPath = (path: PropertyKey[]): string => path.map(String).join(".");
