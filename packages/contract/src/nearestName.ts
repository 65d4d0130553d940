import { closest, distance } from "fastest-levenshtein";

const LEAST_BEGINNING = 3;

/**
 * The name that was probably meant: one that differs in a few letters, or the only one that begins
 * with what was given (Batchnorm for BatchNormalization). Undefined where none does.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const lower = given.toLowerCase();
  const near = closest(lower, [...byLowerCase.keys()]);
  if (distance(lower, near) <= Math.max(2, near.length / 3)) return byLowerCase.get(near);
  const begun = [...byLowerCase.keys()].filter((name) => name.startsWith(lower));
  const [only, ...others] = lower.length < LEAST_BEGINNING ? [] : begun;
  return only === undefined || others.length > 0 ? undefined : byLowerCase.get(only);
}
