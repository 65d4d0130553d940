import type { Params, ParamValue } from "@sweepyard/contract";

export interface ParamColumns {
  /** Names of params with more than one value among the runs, in the space's order. */
  readonly varying: readonly string[];
  /** The others, with the one value all runs share. */
  readonly constant: readonly { readonly name: string; readonly value: ParamValue }[];
}

/**
 * Tells params worth a column from those that are the same everywhere. With fewer than two runs
 * nothing can vary yet, so all of them get a column.
 */
export function varyingParams(
  names: readonly string[],
  runs: readonly { readonly params: Params }[],
): ParamColumns {
  if (runs.length < 2) return { varying: names, constant: [] };
  const varying: string[] = [];
  const constant: { name: string; value: ParamValue }[] = [];
  for (const name of names) {
    const values = new Set(runs.map((run) => JSON.stringify(run.params[name])));
    if (values.size > 1) varying.push(name);
    else constant.push({ name, value: runs[0]?.params[name] ?? null });
  }
  return { varying, constant };
}
