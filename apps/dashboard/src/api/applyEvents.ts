import type {
  BatchView,
  LiveEvent,
  MetricRow,
  RouteAnswer,
  RunView,
  SweepView,
  WorkerView,
} from "@sweepyard/contract";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { patchRunSet, type RunSet, type RunChange as SetChange } from "../board/runSet.js";
import type { RunListKey } from "./queries.js";

type RunChange = Extract<LiveEvent, { type: "run.changed" | "run.epoch" }>;
type RunPages = InfiniteData<RouteAnswer<"runs.list">, string | null>;
type BatchPages = InfiniteData<RouteAnswer<"batches.list">, string | null>;
type SweepPages = InfiniteData<RouteAnswer<"sweeps.list">, string | null>;

/**
 * Puts a batch of live events into the cached answers. What an event does not carry in full is
 * marked for one refetch. After a gap everything shown is fetched once.
 */
export function applyEvents(cache: QueryClient, events: readonly LiveEvent[]): void {
  const runs = new Map<string, RunChange[]>();
  for (const event of events) {
    switch (event.type) {
      case "run.changed":
        add(runs, event.run.id, event);
        break;
      case "run.epoch":
        add(runs, event.runId, event);
        break;
      case "sweep.changed":
        patchSweep(cache, event.sweep);
        break;
      case "worker.changed":
        patchWorker(cache, event.worker);
        break;
      case "model.changed":
        void cache.invalidateQueries({ queryKey: ["models"] });
        break;
      case "batch.changed":
        patchBatch(cache, event.batch);
        break;
      case "dataset.changed":
        void cache.invalidateQueries({ queryKey: ["datasets"] });
        break;
      case "gap":
        void cache.invalidateQueries();
        break;
    }
  }
  if (runs.size > 0) patchRuns(cache, runs);
}

function add(runs: Map<string, RunChange[]>, id: string, change: RunChange): void {
  const changes = runs.get(id);
  if (changes === undefined) runs.set(id, [change]);
  else changes.push(change);
}

function patchRuns(cache: QueryClient, changed: ReadonlyMap<string, readonly RunChange[]>): void {
  for (const query of cache.getQueryCache().findAll({ queryKey: ["run-list"] }))
    patchList(cache, query.queryKey as [string, RunListKey], changed);

  for (const [id, changes] of changed) {
    cache.setQueryData<RunView>(["run", id], (run) => run && applyChanges(run, changes));
    const rows = changes.flatMap((change) => (change.type === "run.epoch" ? [change.row] : []));
    if (rows.length > 0)
      cache.setQueryData<{ rows: MetricRow[] }>(
        ["run-metrics", id],
        (old) => old && { rows: mergeRows(old.rows, rows) },
      );
    if (changes.some((change) => change.type === "run.changed"))
      for (const part of ["run-report", "run-attempts", "run-artifacts"])
        void cache.invalidateQueries({ queryKey: [part, id] });
  }
  patchRunSets(cache, changed);
  patchSweepEpochs(cache, changed);
}

/** A new batch comes first; of one that is shown only its own row changes. */
function patchBatch(cache: QueryClient, batch: BatchView): void {
  const pages = cache.getQueryData<BatchPages>(["batches"]);
  if (pages === undefined) return;
  const isShown = pages.pages.some(({ items }) => items.some(({ id }) => id === batch.id));
  if (!isShown) {
    void cache.invalidateQueries({ queryKey: ["batches"] });
    return;
  }
  cache.setQueryData<BatchPages>(["batches"], {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: page.items.map((one) => (one.id === batch.id ? batch : one)),
    })),
  });
}

/** Answers over all runs of a sweep that no event can patch are asked for again this late. */
const AGGREGATES_MS = 5_000;
const agingAggregates = new Set<string>();

/** Charts of all runs follow each change at once; what only the server can add up, a little later. */
function patchRunSets(
  cache: QueryClient,
  changed: ReadonlyMap<string, readonly RunChange[]>,
): void {
  const bySweep = new Map<string, RunChange[]>();
  for (const change of [...changed.values()].flat()) {
    const sweepId = change.type === "run.changed" ? change.run.sweepId : change.sweepId;
    if (sweepId === null) continue;
    const changes = bySweep.get(sweepId);
    if (changes === undefined) bySweep.set(sweepId, [change]);
    else changes.push(change);
  }
  for (const [sweepId, changes] of bySweep) {
    cache.setQueryData<RunSet>(
      ["run-set", sweepId],
      (set) => set && patchRunSet(set, changes.flatMap(toSetChange)),
    );
    if (agingAggregates.has(sweepId)) continue;
    agingAggregates.add(sweepId);
    setTimeout(() => {
      agingAggregates.delete(sweepId);
      for (const key of ["curve-bands", "matching-runs", "timeline", "pareto"])
        void cache.invalidateQueries({ queryKey: [key, sweepId] }, { cancelRefetch: false });
    }, AGGREGATES_MS);
  }
}

function toSetChange(change: RunChange): SetChange[] {
  if (change.type === "run.changed") {
    const { run } = change;
    return [{ kind: "run", run }];
  }
  const { number, row, objective } = change;
  return number === undefined
    ? []
    : [{ kind: "epoch", number, epoch: row.step, objective, metrics: row.values }];
}

/** The run after `changes`, in their order. */
export function applyChanges(run: RunView, changes: readonly RunChange[]): RunView {
  let current = run;
  for (const change of changes)
    current =
      change.type === "run.changed"
        ? change.run
        : {
            ...current,
            epoch: Math.max(current.epoch, change.row.step),
            objective: change.objective ?? current.objective,
            metrics: { ...current.metrics, ...change.row.values },
          };
  return current;
}

/** Replaces runs where they stand: a live list changes its values, not its order. */
function patchList(
  cache: QueryClient,
  queryKey: [string, RunListKey],
  changed: ReadonlyMap<string, readonly RunChange[]>,
): void {
  const pages = cache.getQueryData<RunPages>(queryKey);
  if (pages === undefined) return;
  const [, { sweepId, filter, sort }] = queryKey;
  const missing = new Set(changed.keys());
  let touched = false;
  const patched = pages.pages.map((page) => {
    let items: RunView[] | null = null;
    for (const [index, run] of page.items.entries()) {
      const changes = changed.get(run.id);
      if (changes === undefined) continue;
      missing.delete(run.id);
      items ??= [...page.items];
      items[index] = applyChanges(run, changes);
    }
    touched ||= items !== null;
    return items === null ? page : { ...page, items };
  });

  const arrived = [...missing].flatMap((id) => {
    const run = changed.get(id)?.findLast((change) => change.type === "run.changed")?.run;
    return run !== undefined && (sweepId === undefined || run.sweepId === sweepId) ? [run] : [];
  });
  if (arrived.length > 0 && (filter !== "" || patched.at(-1)?.nextCursor !== null)) {
    // Whether it belongs here, and where, only the server can say.
    void cache.invalidateQueries({ queryKey, exact: true });
  } else if (arrived.length > 0) {
    const at = sort.startsWith("-createdAt") ? 0 : patched.length - 1;
    const page = patched[at];
    if (page !== undefined)
      patched[at] = {
        ...page,
        items:
          at === 0 && sort.startsWith("-createdAt")
            ? [...arrived, ...page.items]
            : [...page.items, ...arrived],
      };
    touched = true;
    for (const [index, each] of patched.entries())
      patched[index] = { ...each, total: each.total + arrived.length };
  }
  if (touched) cache.setQueryData<RunPages>(queryKey, { ...pages, pages: patched });
}

/** Rows by step; a repeated step takes the newer row. */
export function mergeRows(old: readonly MetricRow[], rows: readonly MetricRow[]): MetricRow[] {
  const byStep = new Map([...old, ...rows].map((row) => [row.step, row]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** Between two `sweep.changed`, epochs move the progress bar. */
function patchSweepEpochs(
  cache: QueryClient,
  changed: ReadonlyMap<string, readonly RunChange[]>,
): void {
  const finished = new Map<string, number>();
  for (const change of [...changed.values()].flat())
    if (change.type === "run.epoch" && change.sweepId !== null)
      finished.set(change.sweepId, (finished.get(change.sweepId) ?? 0) + 1);
  if (finished.size === 0) return;
  const advance = (sweep: SweepView): SweepView => {
    const epochs = finished.get(sweep.id);
    if (epochs === undefined) return sweep;
    return { ...sweep, epochsDone: Math.min(sweep.epochsPlanned, sweep.epochsDone + epochs) };
  };
  for (const id of finished.keys())
    cache.setQueryData<SweepView>(["sweep", id], (sweep) => sweep && advance(sweep));
  cache.setQueryData<SweepPages>(["sweep-list"], (old) => old && mapItems(old, advance));
}

function patchSweep(cache: QueryClient, sweep: SweepView): void {
  cache.setQueryData<SweepView>(["sweep", sweep.id], (old) => old && sweep);
  const pages = cache.getQueryData<SweepPages>(["sweep-list"]);
  if (pages === undefined) return;
  const known = pages.pages.flatMap(({ items }) => items).find(({ id }) => id === sweep.id);
  if (known !== undefined) {
    if (known.best?.runId !== sweep.best?.runId)
      void cache.invalidateQueries({ queryKey: ["best-so-far"] });
    cache.setQueryData<SweepPages>(
      ["sweep-list"],
      mapItems(pages, (item) => (item.id === sweep.id ? sweep : item)),
    );
    return;
  }
  const [first, ...rest] = pages.pages;
  if (first === undefined) return;
  const grown = { ...first, items: [sweep, ...first.items], total: first.total + 1 };
  cache.setQueryData<SweepPages>(["sweep-list"], { ...pages, pages: [grown, ...rest] });
}

const mapItems = (pages: SweepPages, change: (sweep: SweepView) => SweepView): SweepPages => ({
  ...pages,
  pages: pages.pages.map((page) => ({ ...page, items: page.items.map(change) })),
});

function patchWorker(cache: QueryClient, worker: WorkerView): void {
  cache.setQueryData<{ items: WorkerView[] }>(["workers"], (old) => {
    if (old === undefined) return old;
    const known = old.items.some((item) => item.id === worker.id);
    const items = known
      ? old.items.map((item) => (item.id === worker.id ? worker : item))
      : [...old.items, worker];
    return { items };
  });
}
