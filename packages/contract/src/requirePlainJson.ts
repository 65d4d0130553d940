import { AppError } from "./appError.js";

/** Half of a pair that stands for one character: no UTF-8 can hold it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Deeper than any plan; a schema that recurses would otherwise run out of stack. */
const MAX_DEPTH = 64;

/**
 * Refuses what passes for JSON and still can't be kept: text with a NUL character or half a
 * character, which Postgres does not store, and nesting without end. To be called before any schema sees `value`.
 * @throws {AppError} `invalid_request` with the path of the first offence.
 */
export function requirePlainJson(value: unknown): void {
  const rest: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [
    { value, path: "", depth: 0 },
  ];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, path, depth } = next;
    if (typeof value === "string" && value.includes("\0"))
      throw refuse(
        path,
        "nul_character",
        "holds a NUL character, which can't be stored: leave it out",
      );
    if (typeof value === "string" && LONE_SURROGATE.test(value))
      throw refuse(
        path,
        "lone_surrogate",
        "holds half a character (a lone surrogate): leave it out",
      );
    if (typeof value !== "object" || value === null) continue;
    if (depth >= MAX_DEPTH)
      throw refuse(
        path.split(".").slice(0, 3).join("."),
        "too_deep",
        `is nested deeper than ${MAX_DEPTH} levels`,
      );
    for (const [key, child] of Object.entries(value)) {
      if (typeof child === "number") continue; // pictures are long lists of them
      const below = path === "" ? key : `${path}.${key}`;
      if (key.includes("\0") || LONE_SURROGATE.test(key))
        rest.push({ value: key, path: below, depth });
      rest.push({ value: child, path: below, depth: depth + 1 });
    }
  }
}

function refuse(path: string, rule: string, message: string): AppError {
  const shown = path.replaceAll("\0", "␀");
  return new AppError("invalid_request", `${shown === "" ? "the text" : shown} ${message}`, {
    errors: [{ path: shown, rule, message }],
  });
}
