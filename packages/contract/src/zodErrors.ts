import type { z } from "zod";
import type { FieldError } from "./appError.js";

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
      message: `"${key}" is no field here`,
    }));
  const rule = issue.code === "custom" ? String(issue.params?.rule ?? "custom") : issue.code;
  return [{ path: toPath(path), rule, message: issue.message }];
}

/**
 * How far a union's branch agreed with the input: a branch that failed on its discriminating
 * literal was not meant; among the others the one with the fewest complaints was.
 */
function depthOf(issues: z.core.$ZodIssue[]): number {
  const wrongKind = issues.some(
    (issue) => issue.code === "invalid_value" && issue.path.length === 1,
  );
  const wrongType = issues.some(
    (issue) => issue.path.length === 0 && issue.code === "invalid_type",
  );
  return (wrongKind ? -1000 : 0) + (wrongType ? -500 : 0) - issues.length;
}

const toPath = (path: PropertyKey[]): string => path.map(String).join(".");
