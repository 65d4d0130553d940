import { closest, distance } from "fastest-levenshtein";

/** The name that was probably meant, or undefined where none of `names` resembles the one given. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const near = closest(given.toLowerCase(), [...byLowerCase.keys()]);
  const isNear = distance(given.toLowerCase(), near) <= Math.max(2, near.length / 3);
  return isNear ? byLowerCase.get(near) : undefined;
}
