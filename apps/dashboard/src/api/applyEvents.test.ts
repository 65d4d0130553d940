import { type LiveEvent, RunState, type RunView, type SweepView } from "@sweepyard/contract";
import { QueryClient } from "@tanstack/react-query";
import { describe, expect, test } from "vitest";
import { type RunSet, readRunSet } from "../board/runSet.js";
import { applyEvents, mergeRows } from "./applyEvents.js";
import type { RunListKey } from "./queries.js";

const at = "2026-11-23T12:00:00Z";

const run = (id: string, overrides: Partial<RunView> = {}) =>
  ({
    id,
    sweepId: "s1",
    state: "running",
    epoch: 0,
    objective: null,
    metrics: {},
    ...overrides,
  }) as RunView;

const epoch = (runId: string, step: number, value: number): LiveEvent => ({
  type: "run.epoch",
  runId,
  sweepId: "s1",
  row: { step, at, values: { val_accuracy: value } },
  objective: value,
});

const listKey = (overrides: Partial<RunListKey> = {}): [string, RunListKey] => [
  "run-list",
  { sweepId: "s1", filter: "", sort: "-objective", ...overrides },
];

function cacheWith(runs: RunView[], key = listKey(), nextCursor: string | null = null) {
  const cache = new QueryClient();
  cache.setQueryData(key, {
    pages: [{ items: runs, nextCursor, total: runs.length }],
    pageParams: [null],
  });
  const list = () =>
    cache.getQueryData<{ pages: { items: RunView[]; total: number }[] }>(key)?.pages[0];
  return { cache, list };
}

describe("applyEvents", () => {
  test("an epoch changes its run where it stands and leaves the others alone", () => {
    const [a, b] = [run("a"), run("b")];
    const { cache, list } = cacheWith([a, b]);
    applyEvents(cache, [epoch("b", 1, 0.5), epoch("b", 2, 0.7)]);
    expect(list()?.items.map((item) => item.id)).toEqual(["a", "b"]);
    expect(list()?.items[1]).toMatchObject({ epoch: 2, objective: 0.7 });
    expect(list()?.items[0]).toBe(a);
  });

  test("a change after an epoch wins, and an epoch after a change adds to it", () => {
    const { cache, list } = cacheWith([run("a")]);
    applyEvents(cache, [
      epoch("a", 1, 0.5),
      { type: "run.changed", run: run("a", { state: "completed", epoch: 1, objective: 0.6 }) },
      epoch("a", 2, 0.8),
    ]);
    expect(list()?.items[0]).toMatchObject({ state: "completed", epoch: 2, objective: 0.8 });
  });

  test("a new run joins its sweep's list and no other", () => {
    const { cache, list } = cacheWith([run("a")]);
    applyEvents(cache, [
      { type: "run.changed", run: run("b") },
      { type: "run.changed", run: run("c", { sweepId: "s2" }) },
    ]);
    expect(list()?.items.map((item) => item.id)).toEqual(["a", "b"]);
    expect(list()?.total).toBe(2);
  });

  test("where only the server knows whether a run belongs, the list is asked for anew", () => {
    for (const [key, cursor] of [
      [listKey({ filter: "epoch > 3" }), null],
      [listKey(), "more"],
    ] as const) {
      const { cache, list } = cacheWith([run("a")], key, cursor);
      applyEvents(cache, [{ type: "run.changed", run: run("b") }]);
      expect(list()?.items).toHaveLength(1);
      expect(cache.getQueryState(key)?.isInvalidated).toBe(true);
    }
  });

  test("newest first, a new run comes first", () => {
    const { cache, list } = cacheWith([run("a")], listKey({ sort: "-createdAt" }));
    applyEvents(cache, [{ type: "run.changed", run: run("b") }]);
    expect(list()?.items.map((item) => item.id)).toEqual(["b", "a"]);
  });

  test("epochs move the sweep's progress, but not past what is planned", () => {
    const cache = new QueryClient();
    const sweep = { id: "s1", epochsDone: 28, epochsPlanned: 30 } as SweepView;
    cache.setQueryData(["sweep", "s1"], sweep);
    applyEvents(cache, [epoch("a", 1, 0.1), epoch("b", 1, 0.1), epoch("c", 1, 0.1)]);
    expect(cache.getQueryData<SweepView>(["sweep", "s1"])?.epochsDone).toBe(30);
  });

  test("a gap marks everything for one refetch", () => {
    const { cache } = cacheWith([run("a")]);
    applyEvents(cache, [{ type: "gap" }]);
    expect(cache.getQueryState(listKey())?.isInvalidated).toBe(true);
  });

  test("a new sweep comes first in the list, a known one stays in its place", () => {
    const cache = new QueryClient();
    const sweep = (id: string, name = id) => ({ id, name }) as SweepView;
    cache.setQueryData(["sweep-list"], {
      pages: [{ items: [sweep("a"), sweep("b")], nextCursor: null, total: 2 }],
      pageParams: [null],
    });
    applyEvents(cache, [
      { type: "sweep.changed", sweep: sweep("b", "renamed") },
      { type: "sweep.changed", sweep: sweep("c") },
    ]);
    const pages = cache.getQueryData<{ pages: { items: SweepView[]; total: number }[] }>([
      "sweep-list",
    ]);
    expect(pages?.pages[0]?.items.map((item) => item.name)).toEqual(["c", "a", "renamed"]);
    expect(pages?.pages[0]?.total).toBe(3);
  });

  test("a sweep's new best has its history asked for again, and nothing else does", () => {
    const cache = new QueryClient();
    const sweep = (runId: string) => ({ id: "a", best: { runId } }) as SweepView;
    const pages = [{ items: [sweep("first")], nextCursor: null, total: 1 }];
    cache.setQueryData(["sweep-list"], { pages, pageParams: [null] });
    cache.setQueryData(["best-so-far", ["a"]], { items: [] });
    const isStale = () => cache.getQueryState(["best-so-far", ["a"]])?.isInvalidated;
    applyEvents(cache, [{ type: "sweep.changed", sweep: sweep("first") }]);
    expect(isStale()).toBe(false);
    applyEvents(cache, [{ type: "sweep.changed", sweep: sweep("second") }]);
    expect(isStale()).toBe(true);
  });
});

test("an epoch that a second attempt repeats replaces the first one's", () => {
  const rows = mergeRows(
    [{ step: 1, at, values: { loss: 1 } }],
    [
      { step: 3, at, values: {} },
      { step: 1, at, values: { loss: 2 } },
    ],
  );
  expect(rows.map((row) => [row.step, row.values.loss])).toEqual([
    [1, 2],
    [3, undefined],
  ]);
});

test("a run's epochs and end are in the set of all runs that charts are made from", () => {
  const cache = new QueryClient();
  const columns = {
    total: 1,
    numbers: [1],
    states: [RunState.options.indexOf("running")],
    objectives: [null],
    epochs: [0],
    excluded: [],
    params: {},
    metrics: {},
  };
  cache.setQueryData(["run-set", "s1"], readRunSet(columns));
  const set = () => cache.getQueryData<RunSet>(["run-set", "s1"]);
  applyEvents(cache, [{ ...epoch("a", 1, 0.5), number: 1 } as LiveEvent]);
  expect([set()?.epochs[0], set()?.objectives[0]]).toEqual([1, 0.5]);
  const ended = run("a", {
    number: 1,
    state: "completed",
    epoch: 2,
    objective: 0.75,
    params: {},
    excluded: null,
  });
  applyEvents(cache, [{ type: "run.changed", run: ended }]);
  expect(set()?.states[0]).toBe(RunState.options.indexOf("completed"));
  expect(set()?.objectives[0]).toBe(0.75);
});
