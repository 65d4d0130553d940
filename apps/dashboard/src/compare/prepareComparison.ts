import type { RunComparison, RunView } from "@sweepyard/contract";
import { flattenPlan } from "../run/flattenPlan.js";

export interface ComparedRow {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly differs: boolean;
}

/**
 * Params and plan as rows, one value a run, those that differ first. What is said twice, such as
 * `lr` and the plan's `optimizer.learning_rate`, is shown once: as the param where every run has
 * it, else as the plan's field, which runs of other sweeps have too.
 */
export function compareSettings({ runs, differing }: Pick<RunComparison, "runs" | "differing">) {
  const isDifferent = new Set(differing);
  const rowsOf = (prefix: "params" | "plan", pick: (run: RunView) => unknown): ComparedRow[] => {
    const flat = runs.map((run) => new Map<string, unknown>(flattenPlan(pick(run))));
    const names = [...new Set(flat.flatMap((fields) => [...fields.keys()]))];
    return names.map((name) => ({
      name,
      values: flat.map((fields) => fields.get(name)),
      differs: isDifferent.has(`${prefix}.${name}`),
    }));
  };
  const params = rowsOf("params", (run) => run.params);
  const plan = rowsOf("plan", (run) => run.plan);
  const isWhole = (row: ComparedRow) => row.values.every((value) => value !== undefined);
  const repeats = (param: ComparedRow, field: ComparedRow) =>
    param.differs &&
    field.differs &&
    param.values.every((value, run) => value === undefined || value === field.values[run]);
  const rows = [
    ...params.filter((param) => isWhole(param) || !plan.some((field) => repeats(param, field))),
    ...plan.filter((field) => !params.some((param) => isWhole(param) && repeats(param, field))),
  ];
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

export interface ComparedMetric {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Index of the best value; null if none is, or all are equal. */
  readonly best: number | null;
  /** 0 to 1 for a bar, the share of the largest value; null where a bar would mean nothing. */
  readonly shares: readonly (number | null)[] | null;
}

/** Settings and speeds: a faster epoch or another learning rate makes no better model. */
const NEITHER_GOOD_NOR_BAD = new Set(["learning_rate", "epoch_seconds", "samples_per_second"]);

/** The last value of every metric, one row a metric; the `first` and the report's figures first. */
export function compareMetrics(
  runs: readonly Pick<RunView, "metrics">[],
  first = "val_accuracy",
): ComparedMetric[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort((a, b) => {
    if ((a === first) !== (b === first)) return a === first ? -1 : 1;
    const [inA, inB] = [a.startsWith("test."), b.startsWith("test.")];
    return inA === inB ? a.localeCompare(b, "en") : inA ? -1 : 1;
  });
  return names.map((name) => {
    const values = runs.map((run) => run.metrics[name] ?? null);
    const known = values.filter((value) => value !== null);
    const less = /loss|error/.test(name);
    const bestValue = less ? Math.min(...known) : Math.max(...known);
    const isTold = new Set(known).size > 1 && !NEITHER_GOOD_NOR_BAD.has(name);
    const largest = Math.max(...known.map(Math.abs), 0);
    return {
      name,
      values,
      best: isTold ? values.indexOf(bestValue) : null,
      shares: NEITHER_GOOD_NOR_BAD.has(name)
        ? null
        : values.map((value) =>
            value === null ? null : largest === 0 ? 0 : Math.abs(value) / largest,
          ),
    };
  });
}
