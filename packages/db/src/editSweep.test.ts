import type { PatchSweep, SweepView } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createSweep } from "./createSweep.js";
import { type EditedSweep, editSweep } from "./editSweep.js";
import { enqueuePoints } from "./enqueuePoints.js";
import { finishRun } from "./finishRun.js";
import { getSweep } from "./listSweeps.js";
import { patchRun } from "./patchRun.js";
import { cancelSweep } from "./sweepActions.js";
import { sweepLog, sweepVersions } from "./sweepHistoryViews.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  report,
  seedProject,
  sweepOf,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const edited = (sweep: SweepView, changes: Partial<EditedSweep> = {}): EditedSweep => ({
  ...sweep,
  ...changes,
});
const patch = (changes: Partial<PatchSweep>): PatchSweep => ({ reason: "", ...changes });
const logOf = async (id: string) =>
  (await sweepLog(database.db, projectId, id, { after: 0, limit: 1_000 })).items.map(
    ({ entry }) => entry,
  );

test("a narrower space takes back what waits outside it, and keeps the rest", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, { budget: { runs: 10 } }, 10);
  const params = [{ x: 0.1 }, { x: 0.9 }, { x: 0.95 }];
  const [, outside = "", running = ""] = await addSweepRuns(db, sweep.id, params);
  await claim(db, running, workerId);
  const space = { x: { type: "float", low: 0, high: 0.5, log: false } } as const;
  const target = { projectId, id: sweep.id, actor: "ann" };
  const view = await editSweep(
    db,
    target,
    patch({ space, priority: 80, reason: "the left half is better" }),
    edited(sweep, { space }),
    ({ x }) => Number(x) <= 0.5,
  );
  expect(view).toMatchObject({
    version: 2,
    space,
    priority: 80,
    plannedRuns: 11,
    counts: { queued: 1, running: 1, cancelled: 1 },
  });
  expect(await db.prisma.run.findUnique({ where: { id: outside } })).toMatchObject({
    state: "cancelled",
    stateReason: "does not fit version 2 of the space",
    unobserved: true,
  });
  expect(await sweepVersions(db, projectId, sweep.id)).toMatchObject([
    { version: 1, actor: "tester", changes: {}, withdrawn: 0 },
    {
      version: 2,
      actor: "ann",
      reason: "the left half is better",
      changes: { space, priority: 80 },
      withdrawn: 1,
    },
  ]);
  const stale = editSweep(db, target, patch({ priority: 1 }), edited(sweep), () => true);
  await expect(stale).rejects.toThrow("it is at version 2, not 1");
});

test("a completed sweep that gets a larger budget runs again; a cancelled one does not", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, { budget: { runs: 5 } }, 5);
  await db.prisma.sweep.update({
    where: { id: sweep.id },
    data: { state: "completed", endedAt: new Date() },
  });
  const target = { projectId, id: sweep.id, actor: "ann" };
  const more = edited(sweep, { budget: { runs: 8 }, plannedRuns: 8 });
  const view = await editSweep(db, target, patch({ budget: { runs: 8 } }), more, () => true);
  expect(view).toMatchObject({
    state: "running",
    stateReason: "extended by ann",
    endedAt: null,
    plannedRuns: 8,
  });
  await cancelSweep(db, projectId, sweep.id, "ann");
  const again = editSweep(db, target, patch({ priority: 1 }), { ...more, version: 2 }, () => true);
  await expect(again).rejects.toThrow("cannot edit a sweep that is cancelled: fork it");
  await expect(enqueuePoints(db, target, [{ x: 0.5 }])).rejects.toThrow(
    "must be running or paused",
  );
});

test("a warm start takes over ended runs that fit, not those somebody excluded", async () => {
  const { db } = database;
  const old = await addSweep(db, projectId);
  const ids = await addSweepRuns(db, old.id, [{ x: 0.1 }, { x: 0.2 }, { x: 0.9 }, { x: 0.3 }]);
  for (const [index, runId] of ids.slice(0, 3).entries()) {
    const run = await claim(db, runId, workerId);
    await report(db, run, 1, 0.5 + index / 10);
    await finishRun(db, { runId, attempt: run.attempt }, completedWith());
  }
  await patchRun(db, projectId, ids[1] ?? "", "ann", { excluded: "a wrong data set" });
  const warm = (changes: Record<string, unknown> = {}) =>
    createSweep(
      db,
      projectId,
      "ann",
      sweepOf({ warm_start: { sweeps: [old.id] }, points: [{ x: 0.25 }], ...changes }),
      { plannedRuns: 10, fits: ({ x }) => Number(x) < 0.5 },
    );
  const sweep = await warm();
  expect(sweep).toMatchObject({ warmStart: [old.id], forkedFrom: null });
  expect(await logOf(sweep.id)).toMatchObject([
    { kind: "settings", version: 1 },
    {
      kind: "import",
      from: { sweepId: old.id, runId: ids[0], number: 1 },
      params: { x: 0.1 },
      state: "completed",
      values: [0.5],
    },
    { kind: "enqueue", params: { x: 0.25 }, actor: "ann" },
  ]);
  const before = await db.prisma.sweep.count();
  await expect(warm({ objective: { metric: "val_loss" } })).rejects.toMatchObject({
    code: "invalid_request",
    errors: [{ path: "warm_start.sweeps.0", rule: "other_objective" }],
  });
  expect(await db.prisma.sweep.count()).toBe(before);
  expect((await getSweep(db, projectId, old.id)).counts.completed).toBe(3);
});
