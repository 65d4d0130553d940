import type { FilterField, FilterValue } from "@sweepyard/contract";
import { RunState } from "@sweepyard/contract";
import { quantile } from "../charts/quantile.js";
import { formatNumber } from "../format/formatNumber.js";
import type { Mask } from "./matchRuns.js";
import { choiceText, type RunSet } from "./runSet.js";

/** Runs that share a value, or a range of values, of one field. */
export interface RunGroup {
  readonly label: string;
  readonly runs: number;
  readonly completed: number;
  readonly best: number | null;
  readonly median: number | null;
  /** What selects the group; null where nothing can, as for runs without the param. */
  readonly select:
    | { readonly field: FilterField; readonly values: readonly FilterValue[] }
    | { readonly field: FilterField; readonly range: readonly [number, number] }
    | null;
}

const MOST_VALUES = 12;
const RANGES = 8;

/**
 * The selected runs by `state` or by a param: each value a group, or, where a number has more values than
 * a table should have rows, eight groups of as many runs each. Best first.
 */
export function prepareGroups(
  set: RunSet,
  mask: Mask | null,
  by: string,
  maximize: boolean,
): RunGroup[] {
  const runs: number[] = [];
  for (let index = 0; index < set.count; index++)
    if (mask === null || mask[index] === 1) runs.push(index);
  const groups = by === "state" ? byState(set, runs) : byParam(set, runs, by);
  const completed = RunState.options.indexOf("completed");
  return groups
    .map(({ members, ...group }): RunGroup => {
      const values = Float64Array.from(
        members
          .filter((index) => set.excluded[index] !== 1)
          .map((index) => set.objectives[index] ?? Number.NaN)
          .filter((value) => !Number.isNaN(value)),
      ).sort();
      return {
        ...group,
        runs: members.length,
        completed: members.filter((index) => set.states[index] === completed).length,
        best: (maximize ? values[values.length - 1] : values[0]) ?? null,
        median: quantile(values, 0.5),
      };
    })
    .sort((a, b) => {
      if (a.best === null || b.best === null)
        return a.best === b.best ? 0 : a.best === null ? 1 : -1;
      return maximize ? b.best - a.best : a.best - b.best;
    });
}

interface Members {
  readonly label: string;
  readonly select: RunGroup["select"];
  readonly members: number[];
}

function byState(set: RunSet, runs: readonly number[]): Members[] {
  const field: FilterField = { kind: "column", name: "state" };
  return RunState.options.flatMap((state, place) => {
    const members = runs.filter((index) => set.states[index] === place);
    return members.length === 0
      ? []
      : [{ label: state, select: { field, values: [state] }, members }];
  });
}

function byParam(set: RunSet, runs: readonly number[], name: string): Members[] {
  const column = set.params.get(name);
  if (column === undefined) return [];
  const field: FilterField = { kind: "param", name };
  if (column.kind === "choices")
    return column.choices.flatMap((choice, place): Members[] => {
      const members = runs.filter((index) => column.at[index] === place);
      if (members.length === 0) return [];
      const isPlain = typeof choice !== "object" || choice === null;
      const select = isPlain && choice !== null ? { field, values: [choice] } : null;
      return [{ label: choiceText(choice), select, members }];
    });
  const valued = runs
    .filter((index) => !Number.isNaN(column.values[index]))
    .sort((a, b) => (column.values[a] ?? 0) - (column.values[b] ?? 0));
  const distinct = [...new Set(valued.map((index) => column.values[index] ?? 0))];
  if (distinct.length <= MOST_VALUES)
    return distinct.map((value) => ({
      label: formatNumber(value),
      select: { field, values: [value] },
      members: valued.filter((index) => column.values[index] === value),
    }));
  const size = Math.ceil(valued.length / RANGES);
  return Array.from({ length: RANGES }, (_, part) => valued.slice(part * size, (part + 1) * size))
    .filter((members) => members.length > 0)
    .map((members) => {
      const low = column.values[members[0] ?? 0] ?? 0;
      const high = column.values[members.at(-1) ?? 0] ?? 0;
      return {
        label: `${formatNumber(low)} to ${formatNumber(high)}`,
        select: { field, range: [low, high] as const },
        members,
      };
    });
}
