import type { z } from "zod";

/** One value of ours beside the recorded one: numbers, or lists and objects of them. */
export interface Pair {
  readonly of: string;
  readonly actual: unknown;
  readonly expected: unknown;
  /** Largest difference, absolute or relative to the recorded number; 1e-9 if absent. */
  readonly tolerance?: number;
}

/** Recomputes one key of vectors.json. */
export interface VectorCheck {
  readonly key: string;
  pairs(recorded: unknown): Iterable<Pair>;
}

/** @param pairs from what `schema` made of the recorded value */
export const vectorCheck = <Schema extends z.ZodType>(
  key: string,
  schema: Schema,
  pairs: (recorded: z.infer<Schema>) => Iterable<Pair>,
): VectorCheck => ({ key, pairs: (recorded) => pairs(schema.parse(recorded)) });

/** How `pair` differs, in words; null if it does not. */
export function differenceOf({ of, actual, expected, tolerance = 1e-9 }: Pair): string | null {
  if (typeof expected === "number") {
    const scale = Math.max(1, Math.abs(expected));
    const isEqual =
      Object.is(actual, expected) ||
      actual === expected ||
      (typeof actual === "number" && Math.abs(actual - expected) <= tolerance * scale);
    return isEqual ? null : `${of} is ${actual}, recorded ${expected}`;
  }
  if (typeof expected !== "object" || expected === null)
    return actual === expected ? null : `${of} is ${actual}, recorded ${expected}`;
  const [ours, theirs] = [toEntries(actual), toEntries(expected)];
  if (ours.size !== theirs.size) return `${of} has ${ours.size} entries, recorded ${theirs.size}`;
  for (const [key, value] of theirs) {
    const difference = differenceOf({
      of: `${of}[${key}]`,
      actual: ours.get(key),
      expected: value,
      tolerance,
    });
    if (difference !== null) return difference;
  }
  return null;
}

const toEntries = (value: unknown) =>
  new Map<string, unknown>(Object.entries(typeof value === "object" && value ? value : {}));
