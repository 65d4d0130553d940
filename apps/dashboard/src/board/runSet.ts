import {
  isSameParam,
  type ParamValue,
  paramText,
  RunState,
  type RunView,
  type SweepColumns,
} from "@sweepyard/contract";
import { formatParam } from "../format/formatNumber.js";
import { runLabel } from "../runs/runLabel.js";

/** A param of all runs: NaN where a run has none; a choice is its place among `choices`, -1 for none. */
export type ParamValues =
  | { readonly kind: "numbers"; readonly values: Float64Array }
  | {
      readonly kind: "choices";
      readonly choices: readonly ParamValue[];
      readonly at: Int32Array;
    };

/**
 * All runs of a sweep as arrays, by number: what every chart of the sweep's page is made from.
 * Entry i of each array is the same run. Sets are never changed, only replaced.
 */
export interface RunSet {
  /** Runs of the sweep; more than `count` only where it is too large to be sent whole. */
  readonly total: number;
  readonly count: number;
  readonly numbers: Int32Array;
  /** Places in RunState's options. */
  readonly states: Uint8Array;
  /** NaN where there is none. */
  readonly objectives: Float64Array;
  readonly epochs: Int32Array;
  /** 1 for a run that somebody excluded. */
  readonly excluded: Uint8Array;
  readonly params: ReadonlyMap<string, ParamValues>;
  /** Last values of the sweep's further objectives. */
  readonly metrics: ReadonlyMap<string, Float64Array>;
}

const numbersOf = (values: readonly (number | null)[]) =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

export function readRunSet(columns: SweepColumns): RunSet {
  const numbers = new Int32Array(columns.numbers.length);
  let last = 0;
  for (const [index, step] of columns.numbers.entries()) {
    last += step;
    numbers[index] = last;
  }
  const out = new Set(columns.excluded);
  return {
    total: columns.total,
    count: numbers.length,
    numbers,
    states: Uint8Array.from(columns.states),
    objectives: numbersOf(columns.objectives),
    epochs: Int32Array.from(columns.epochs),
    excluded: Uint8Array.from(numbers, (number) => (out.has(number) ? 1 : 0)),
    params: new Map(
      Object.entries(columns.params).map(([name, column]) => [
        name,
        column.kind === "numbers"
          ? { kind: "numbers", values: numbersOf(column.values) }
          : {
              kind: "choices",
              choices: column.choices,
              at: Int32Array.from(column.at, (place) => place ?? -1),
            },
      ]),
    ),
    metrics: new Map(
      Object.entries(columns.metrics).map(([name, values]) => [name, numbersOf(values)]),
    ),
  };
}

/** The run's place in the set, or -1; numbers ascend. */
export function indexOfRun({ numbers, count }: RunSet, number: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = numbers[middle] ?? 0;
    if (at === number) return middle;
    if (at < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export const stateAt = (set: RunSet, index: number): RunState =>
  RunState.options[set.states[index] ?? 0] ?? "queued";

/** A run's value of a param; undefined where it has none. */
export function paramAt(set: RunSet, name: string, index: number): ParamValue | undefined {
  const column = set.params.get(name);
  if (column === undefined) return undefined;
  if (column.kind === "choices") return column.choices[column.at[index] ?? -1];
  const value = column.values[index] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

export const labelAt = (set: RunSet, index: number): string =>
  runLabel({ sweepId: "", number: set.numbers[index] ?? 0, name: "" });

/** Its params in one line, for whoever points at it. */
export const detailAt = (set: RunSet, index: number): string =>
  [...set.params.keys()]
    .flatMap((name) => {
      const value = paramAt(set, name, index);
      return value === undefined ? [] : [`${name} ${formatParam(value)}`];
    })
    .join(" · ");

/** What a live event tells: all of a run, or one more epoch of it. */
export type RunChange =
  | {
      readonly kind: "run";
      readonly run: Pick<
        RunView,
        "number" | "state" | "objective" | "epoch" | "params" | "metrics" | "excluded"
      >;
    }
  | {
      readonly kind: "epoch";
      readonly number: number;
      readonly epoch: number;
      readonly objective: number | null;
      readonly metrics: RunView["metrics"];
    };

const numberOf = (change: RunChange): number =>
  change.kind === "run" ? change.run.number : change.number;

/** The set after `changes`, new runs included, which come with higher numbers. */
export function patchRunSet(set: RunSet, changes: readonly RunChange[]): RunSet {
  const added = new Set(
    changes
      .filter(({ kind }) => kind === "run")
      .map(numberOf)
      .filter((number) => indexOfRun(set, number) < 0),
  );
  const last = set.numbers[set.count - 1] ?? 0;
  // A run with a number in between was left out of a set too large to be sent whole.
  const news = [...added].filter((number) => number > last).sort((a, b) => a - b);
  const count = set.count + news.length;
  const grow = <T extends Int32Array | Uint8Array | Float64Array>(old: T, fill: number): T => {
    const grown = new (old.constructor as new (length: number) => T)(count);
    grown.set(old);
    grown.fill(fill, set.count);
    return grown;
  };
  const grown = {
    total: set.total + news.length,
    count,
    numbers: grow(set.numbers, 0),
    states: grow(set.states, 0),
    objectives: grow(set.objectives, Number.NaN),
    epochs: grow(set.epochs, 0),
    excluded: grow(set.excluded, 0),
    metrics: new Map([...set.metrics].map(([name, old]) => [name, grow(old, Number.NaN)])),
  };
  const params = new Map<string, ParamValues>(
    [...set.params].map(([name, column]) => [
      name,
      column.kind === "numbers"
        ? { kind: "numbers", values: grow(column.values, Number.NaN) }
        : { ...column, at: grow(column.at, -1) },
    ]),
  );
  grown.numbers.set(news, set.count);
  const next: RunSet = { ...grown, params };
  for (const change of changes) {
    const index = indexOfRun(next, numberOf(change));
    if (index < 0) continue;
    if (change.kind === "epoch") {
      grown.epochs[index] = Math.max(grown.epochs[index] ?? 0, change.epoch);
      if (change.objective !== null) grown.objectives[index] = change.objective;
      for (const [name, values] of grown.metrics)
        values[index] = change.metrics[name] ?? values[index] ?? Number.NaN;
      continue;
    }
    const { run } = change;
    grown.states[index] = RunState.options.indexOf(run.state);
    grown.objectives[index] = run.objective ?? Number.NaN;
    grown.epochs[index] = run.epoch;
    grown.excluded[index] = run.excluded === null ? 0 : 1;
    for (const [name, values] of grown.metrics) values[index] = run.metrics[name] ?? Number.NaN;
    for (const [name, value] of Object.entries(run.params)) setParam(params, name, index, value);
  }
  return next;
}

function setParam(
  params: Map<string, ParamValues>,
  name: string,
  index: number,
  value: ParamValue,
): void {
  const column = params.get(name);
  if (column === undefined) return;
  if (column.kind === "numbers") {
    column.values[index] = typeof value === "number" ? value : Number.NaN;
    return;
  }
  let place = column.choices.findIndex((choice) => isSameParam(choice, value));
  if (place < 0) {
    place = column.choices.length;
    params.set(name, { ...column, choices: [...column.choices, value] });
  }
  column.at[index] = place;
}

/** A choice as it is written on an axis. */
export const choiceText = (choice: ParamValue): string =>
  typeof choice === "number" ? formatParam(choice) : paramText(choice);
