import { ListRuns, newId, RunView } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { compareRuns, differingPaths } from "./compareRuns.js";
import { createRun } from "./createRun.js";
import { formatCursor } from "./cursor.js";
import { finishRun } from "./finishRun.js";
import { getRun, listRuns } from "./listRuns.js";
import { patchRun } from "./patchRun.js";
import { retryRun } from "./runActions.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  planOf,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

/** Runs 1 to 9 of one sweep: x, units, kind, validation accuracy, state. */
const RUNS = [
  { params: { x: 0.1, units: 64, kind: "adam" }, value: 0.5, state: "completed" },
  { params: { x: 0.2, units: 64, kind: "sgd" }, value: 0.7, state: "completed" },
  { params: { x: 0.3, units: 128, kind: "adam" }, value: 0.7, state: "completed" },
  { params: { x: 0.4, units: 128, kind: "Adam's" }, value: Number.NaN, state: "diverged" },
  { params: { x: 0.5, units: 256, on: true }, value: 0.7, state: "pruned" },
  {
    params: { x: 0.6, units: "auto", on: false },
    value: Number.POSITIVE_INFINITY,
    state: "failed",
  },
  { params: { x: 0.7, units: null }, value: 0.2, state: "running" },
  { params: { x: 1e-7 }, value: null, state: "queued" },
  { params: { x: 10 }, value: null, state: "queued" },
] as const;

let database: TestDatabase;
let projectId: string;
let workerId: string;
let sweepId: string;
let ids: string[];
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  const { db } = database;
  const seeded = await seedProject(db);
  ({ projectId, workerId } = seeded);
  sweepId = (await addSweep(db, projectId)).id;
  ids = await addSweepRuns(
    db,
    sweepId,
    RUNS.map(({ params }) => params),
  );
  for (const [index, { value, state }] of RUNS.entries()) {
    const id = ids[index] ?? "";
    if (value === null) continue;
    const run = await claim(db, id, workerId);
    await report(db, run, 1, value);
    const owned = { runId: id, attempt: 1 };
    if (state === "completed") await finishRun(db, owned, completedWith(value));
    if (state === "pruned") await finishRun(db, owned, { kind: "pruned", reason: "a test" });
    if (state === "diverged") await finishRun(db, owned, { kind: "diverged", epoch: 1 });
    if (state === "failed")
      await finishRun(db, owned, { kind: "failed", code: "x", message: "x", retryable: false });
  }
  await patchRun(db, projectId, ids[0] ?? "", "ann", { tags: ["old", "Keep-me"] });
  await patchRun(db, projectId, ids[1] ?? "", "ann", { tags: ["old"], excluded: "a test" });
});
afterAll(() => database?.drop());

const list = (query: object) =>
  listRuns(database.db, projectId, ListRuns.parse({ sweepId, sort: "number", ...query }));
const numbers = async (query: object) => (await list(query)).items.map(({ number }) => number);

test("a run's view is what the contract says", async () => {
  for (const id of ids) {
    const view = await getRun(database.db, projectId, id);
    expect(RunView.parse(view)).toEqual(view);
  }
  const params = await getRun(database.db, projectId, ids[7] ?? "");
  expect(params.params.x).toBe(1e-7);
});

describe("the filter", () => {
  test.each<[string, number[]]>([
    ["params.x >= 0.5", [5, 6, 7, 9]],
    ["params.x < 1e-6", [8]],
    ["params.units = 64", [1, 2]],
    ["params.units > 64", [3, 4, 5]],
    ["params.units != 64", [3, 4, 5]],
    ['params.units = "auto"', [6]],
    ["params.units in (64, 256)", [1, 2, 5]],
    ["params.kind = adam", [1, 3]],
    ["params.kind ~ ADAM", [1, 3, 4]],
    [`params.kind = "Adam's"`, [4]],
    ["params.on = true", [5]],
    ["params.on != true", [6]],
    ["params.nothing = 1", []],
    ["not params.nothing = 1", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["metrics.val_accuracy >= 0.7", [2, 3, 5]],
    ["metrics.val_accuracy < 99", [1, 2, 3, 5, 7]],
    ["not metrics.val_accuracy < 99", [4, 6, 8, 9]],
    ["metrics.test.accuracy = 0.7", [2, 3]],
    ["objective > 0", [1, 2, 3, 5, 7]],
    ["state = completed", [1, 2, 3]],
    ["state in (pruned, failed)", [5, 6]],
    ["state ~ ed", [1, 2, 3, 4, 5, 6, 8, 9]],
    ["number <= 2", [1, 2]],
    ["epoch = 0", [8, 9]],
    ["attempt = 1 and params.units = 64", [1, 2]],
    ["tags = old", [1, 2]],
    ["tags != old", [3, 4, 5, 6, 7, 8, 9]],
    ["tags ~ keep", [1]],
    ["tags in (old, other)", [1, 2]],
    ["excluded = true", [2]],
    ["excluded != true and state = completed", [1, 3]],
    ["name ~ '#3'", [3]],
    ["state = completed and (params.x = 0.1 or params.x = 0.3)", [1, 3]],
    ["state = completed and not (params.x = 0.1 or params.x = 0.3)", [2]],
    [`params.kind = "'; drop table runs; --"`, []],
    [`params.kind = "%" or name ~ "%"`, []],
  ])("%s", async (filter, expected) => {
    const page = await list({ filter });
    expect(page.items.map(({ number }) => number)).toEqual(expected);
    expect(page.total).toBe(expected.length);
  });

  test("names of params are data, not SQL", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    await addSweepRuns(db, sweep.id, [{ "odd-name.with/parts": 3 }]);
    expect(await numbers({ sweepId: sweep.id, filter: "params.odd-name.with/parts = 3" })).toEqual([
      1,
    ]);
  });

  test.each([
    ["metrics.loss = high", "metrics.loss is a number"],
    ["objective = high", "objective is a number"],
    ["excluded = 1", "excluded is true or false"],
    ["excluded > true", "excluded is compared with = or !="],
    ["state = finished", "state is one of queued, running"],
    ["tags < a", "tags is compared with"],
    ["params.x' = 1 or 1", "can't be read at character 9"],
  ])("%s is refused", async (filter, message) => {
    const refused = list({ filter });
    await expect(refused).rejects.toMatchObject({ code: "invalid_request" });
    await expect(refused).rejects.toThrow(message);
  });

  test("goes with states, and sees no other project", async () => {
    expect(await numbers({ state: "completed,pruned", filter: "params.x > 0.2" })).toEqual([3, 5]);
    const other = await listRuns(database.db, newId(), ListRuns.parse({}));
    expect(other).toEqual({ items: [], nextCursor: null, total: 0 });
  });
});

describe("the order", () => {
  test.each<[string, number[]]>([
    ["number", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["-number", [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ["params.x", [8, 1, 2, 3, 4, 5, 6, 7, 9]],
    ["-params.x", [9, 7, 6, 5, 4, 3, 2, 1, 8]],
    // Missing and NaN come last both ways; equal keys go by id, in the direction of the order.
    ["metrics.val_accuracy", [7, 1, 2, 3, 5, 4, 6, 8, 9]],
    ["-metrics.val_accuracy", [5, 3, 2, 1, 7, 9, 8, 6, 4]],
    ["-objective", [5, 3, 2, 1, 7, 9, 8, 6, 4]],
    ["params.on", [6, 5, 1, 2, 3, 4, 7, 8, 9]],
  ])("%s, the same in pages of any size", async (sort, expected) => {
    expect(await numbers({ sort })).toEqual(expected);
    for (const limit of [1, 2, 4]) {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ sort, limit, ...(cursor && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        expect(page.total).toBe(9);
        seen.push(...page.items.map(({ number }) => number));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(expected);
    }
  });

  test.each(["metrics.val_accuracy", "-metrics.val_accuracy"])(
    "%s over a whole project, live runs and runs without included, whatever a page is read from",
    async (sort) => {
      const all = { sweepId: undefined, sort };
      const expected = (await list({ ...all, limit: 100 })).items.map(({ id }) => id);
      const own = expected.filter((id) => ids.includes(id));
      expect(own).toEqual((await list({ sort })).items.map(({ id }) => id));
      for (const limit of [1, 2, 3]) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await list({ ...all, limit, ...(cursor && { cursor }) });
          expect(page.total).toBe(expected.length);
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(expected);
      }
    },
  );

  test("a run that is tried again after its end is sorted by what it measures then", async () => {
    const { db } = database;
    const { id } = await addRun(db, projectId, "again");
    const first = await claim(db, id, workerId);
    await report(db, first, 1, 0.95);
    const failed = { kind: "failed", code: "x", message: "x", retryable: false } as const;
    await finishRun(db, { runId: id, attempt: first.attempt }, failed);
    const best = async () =>
      (await list({ sweepId: undefined, sort: "-metrics.val_accuracy", limit: 1 })).items[0];
    expect(await best()).toMatchObject({ id, metrics: { val_accuracy: 0.95 } });
    await retryRun(db, projectId, id, "ann");
    const second = await claim(db, id, workerId);
    await report(db, second, 2, 0.1);
    expect(await best()).not.toMatchObject({ id });
    await finishRun(db, { runId: id, attempt: second.attempt }, completedWith(0.1));
    expect(await best()).not.toMatchObject({ id });
  });

  test.each([
    "id",
    "name",
    "state",
    "sweepId",
    "attempt",
    "priority",
    "epoch",
    "epochs",
    "createdAt",
    "queuedAt",
    "startedAt",
    "-endedAt",
    "params.units",
    "-params.kind",
    "metrics.no_such",
  ])("%s pages through all runs once", async (sort) => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ sort, limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ number }) => number));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("a sort or a cursor that makes no sense is refused", async () => {
    const { nextCursor } = await list({ limit: 1 });
    const forged = (key: string) =>
      Buffer.from(JSON.stringify(["number", key, newId()])).toString("base64url");
    for (const query of [
      { sort: "plan" },
      { sort: "toString" },
      { sort: "number; drop table runs" },
      { sort: "params." },
      { cursor: "rubbish" },
      { cursor: Buffer.from("[1,2]").toString("base64url") },
      { sort: "name", cursor: nextCursor },
      {
        sweepId: undefined,
        sort: "metrics.val_accuracy",
        cursor: formatCursor({ sort: "metrics.val_accuracy", key: '"text"', id: newId() }),
      },
      { cursor: forged("not a number") },
      { cursor: forged("9".repeat(30)) },
    ])
      await expect(list(query)).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("runs that come while somebody pages shift no other", async () => {
    const { db } = database;
    const { projectId: own } = await seedProject(db, "paging");
    for (let index = 0; index < 4; index++) await addRun(db, own);
    const first = await listRuns(db, own, ListRuns.parse({ limit: 2 }));
    await addRun(db, own);
    const cursor = first.nextCursor ?? undefined;
    const second = await listRuns(db, own, ListRuns.parse({ limit: 2, cursor }));
    const seen = [...first.items, ...second.items].map(({ number }) => number);
    expect(seen).toEqual([4, 3, 2, 1]);
  });
});

describe("single runs", () => {
  test("are numbered within their project and get the latest data set", async () => {
    const { db } = database;
    const { projectId: own } = await seedProject(db, "numbering");
    const runs = await Promise.all(Array.from({ length: 5 }, () => addRun(db, own)));
    expect(runs.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5]);
    const named = await addRun(db, own, "by hand");
    expect(named).toMatchObject({
      number: 6,
      name: "by hand",
      sweepId: null,
      plan: { data: { dataset: "shapes", version: 1 } },
    });
  });

  test("a data set, or a version of it, that is not there is refused and nothing stored", async () => {
    const { db } = database;
    const { projectId: own } = await seedProject(db, "refused");
    for (const data of [{ dataset: "missing" }, { dataset: "shapes", version: 2 }]) {
      const run = { plan: planOf({ data }), priority: 50, tags: [] };
      await expect(createRun(db, own, "ann", run)).rejects.toMatchObject({
        code: "not_found",
        errors: [{ path: "plan.data.dataset" }],
      });
    }
    expect((await addRun(db, own)).number).toBe(1);
  });

  test("note, tags and exclusion change one by one", async () => {
    const { db } = database;
    const { id } = await addRun(db, projectId);
    await patchRun(db, projectId, id, "ann", { note: "look here" });
    await patchRun(db, projectId, id, "ann", { tags: ["a"] });
    const view = await patchRun(db, projectId, id, "bob", { excluded: "wrong data" });
    expect(view).toMatchObject({
      note: "look here",
      tags: ["a"],
      excluded: { by: "bob", reason: "wrong data" },
    });
    const back = await patchRun(db, projectId, id, "ann", { excluded: null });
    expect(back).toMatchObject({ note: "look here", excluded: null });
    await expect(patchRun(db, newId(), id, "ann", { note: "" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("comparison", () => {
  test("shows curves, reports and what differs, in the order asked for", async () => {
    const { db } = database;
    const [a = "", , c = "", , e = ""] = ids;
    const comparison = await compareRuns(db, projectId, [c, a, e]);
    expect(comparison.runs.map(({ number }) => number)).toEqual([3, 1, 5]);
    expect(comparison.differing).toEqual(["params.kind", "params.on", "params.units", "params.x"]);
    expect(Object.keys(comparison.reports).sort()).toEqual([a, c].sort());
    expect(comparison.curves[0]).toEqual({
      runId: c,
      metric: "epoch_seconds",
      steps: [1],
      values: [1],
    });
    await expect(compareRuns(db, projectId, [a, newId()])).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("differing paths reach into the plan", () => {
    const changed = planOf({ optimizer: { class_name: "SGD", momentum: 0.9 }, batch_size: 32 });
    const paths = differingPaths([
      { params: {}, plan: planOf() },
      { params: {}, plan: changed },
    ]);
    expect(paths).toContain("plan.batch_size");
    expect(paths).toContain("plan.optimizer.class_name");
    expect(paths).toContain("plan.optimizer.momentum");
    expect(paths).not.toContain("plan.epochs");
    expect(differingPaths([{ params: {}, plan: planOf() }])).toEqual([]);
  });
});
