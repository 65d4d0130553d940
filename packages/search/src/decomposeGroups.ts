/**
 * Parts names into groups so that each of the given sets is a union of whole groups: names that are
 * in the same sets are in one group. Groups, and names within them, are in the order of appearance.
 * @see Optuna 5.0, optuna/search_space/group_decomposed.py
 */
export function decomposeGroups(sets: readonly (readonly string[])[]): string[][] {
  let groups: string[][] = [];
  for (const names of sets) {
    const known = new Set(groups.flat());
    groups = [
      ...groups.flatMap((group) => [
        group.filter((name) => names.includes(name)),
        group.filter((name) => !names.includes(name)),
      ]),
      names.filter((name) => !known.has(name)),
    ].filter((group) => group.length > 0);
  }
  return groups;
}
