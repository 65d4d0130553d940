import { paramText, RunState, type RunView } from "@sweepyard/contract";

/** Which column rows are ordered by; as the API writes it: `-objective`, `params.depth`. */
export interface RunSort {
  readonly column: string;
  readonly descending: boolean;
}

export const parseSort = (text: string): RunSort =>
  text.startsWith("-")
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };

export const formatSort = ({ column, descending }: RunSort): string =>
  descending ? `-${column}` : column;

/** How long a run has trained, or trains by now, in ms; null before it began. */
export function trainingTime(run: RunView, now: number): number | null {
  if (run.startedAt === null) return null;
  if (run.state !== "running") return run.trainMs;
  return Math.max(run.trainMs, now - Date.parse(run.startedAt));
}

/** A run's value in a column, for ordering; null where it has none. */
export function columnValue(run: RunView, column: string, now: number): string | number | null {
  if (column.startsWith("params.")) {
    const value = run.params[column.slice(7)];
    return typeof value === "number" ? value : value == null ? null : paramText(value);
  }
  if (column.startsWith("metrics.")) return run.metrics[column.slice(8)] ?? null;
  switch (column) {
    case "state":
      return RunState.options.indexOf(run.state);
    case "duration":
    case "trainMs":
      return trainingTime(run, now);
    case "name":
    case "workerName":
    case "sweepName":
    case "createdAt":
    case "startedAt":
    case "endedAt":
      return run[column];
    case "number":
    case "objective":
    case "epoch":
    case "attempt":
      return run[column];
    default:
      return null;
  }
}

/**
 * Runs in the order of `sort`; those without a value come last either way. Ties go by number, and
 * among runs made, begun or ended in the same instant the way round that the instants go, as the
 * API has it.
 */
export function orderRuns(runs: readonly RunView[], sort: RunSort, now: number): RunView[] {
  const keyed = runs.map((run) => ({ run, value: columnValue(run, sort.column, now) }));
  const sign = sort.descending ? -1 : 1;
  const tieSign = INSTANTS.has(sort.column) ? sign : 1;
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) {
      if (a.value !== b.value) return a.value === null ? 1 : -1;
    } else if (a.value !== b.value) {
      return sign * compareValues(a.value, b.value);
    }
    return tieSign * byMaking(a.run, b.run);
  });
  return keyed.map(({ run }) => run);
}

const INSTANTS = new Set(["createdAt", "startedAt", "endedAt"]);

/** By number within a sweep; ids, which begin with the time, order sweeps and single runs. */
function byMaking(a: RunView, b: RunView): number {
  const [inA, inB] = [a.sweepId ?? a.id, b.sweepId ?? b.id];
  if (inA !== inB) return inA < inB ? -1 : 1;
  return a.number - b.number;
}

const collator = new Intl.Collator("en", { numeric: true });

function compareValues(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator.compare(String(a), String(b));
}

/**
 * Keeps rows where a reader saw them: those already shown stay in `held` order, new ones follow.
 * `moved` counts the shown ones that `ordered` would now put elsewhere.
 */
export function holdOrder(
  ordered: readonly RunView[],
  held: readonly string[],
): { readonly runs: RunView[]; readonly moved: number } {
  const byId = new Map(ordered.map((run) => [run.id, run]));
  const kept = held.flatMap((id) => byId.get(id) ?? []);
  const known = new Set(held);
  const runs = [...kept, ...ordered.filter((run) => !known.has(run.id))];
  const moved = runs.filter((run, index) => run.id !== ordered[index]?.id).length;
  return { runs, moved };
}
