import type { RunComparison, RunView } from "@sweepyard/contract";
import { flattenPlan } from "../run/flattenPlan.js";

export interface ComparedRow {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly differs: boolean;
}

/**
 * Params and plan as rows, one value a run. A field of the plan that only repeats a param, such
 * as `optimizer.learning_rate` beside `lr`, is left out. Rows that differ come first.
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
  const repeated = new Set(params.filter((row) => row.differs).map(valuesKey));
  const plan = rowsOf("plan", (run) => run.plan).filter(
    (row) => !(row.differs && repeated.has(valuesKey(row))),
  );
  const rows = [...params, ...plan];
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

const valuesKey = (row: ComparedRow) => JSON.stringify(row.values);

export interface ComparedMetric {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Index of the best value; null if none is, or all are equal. */
  readonly best: number | null;
  /** 0 to 1 for a bar: the share of the largest value. */
  readonly shares: readonly number[];
}

/** Settings and speeds: a faster epoch or another learning rate makes no better model. */
const NEITHER_GOOD_NOR_BAD = new Set(["learning_rate", "epoch_seconds", "samples_per_second"]);

/** The last value of every metric, one row a metric; the report's figures first. */
export function compareMetrics(runs: readonly Pick<RunView, "metrics">[]): ComparedMetric[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort((a, b) => {
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
      shares: values.map((value) =>
        value === null || largest === 0 ? 0 : Math.abs(value) / largest,
      ),
    };
  });
}
