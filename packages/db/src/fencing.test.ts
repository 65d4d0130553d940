import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { finishRun, type RunOutcome } from "./finishRun.js";
import { heartbeat } from "./heartbeat.js";
import { addRun, claim, completedWith, expireLease, report, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

/** All that is stored of a run. */
const everything = async (runId: string) => ({
  run: await database.db.prisma.run.findUnique({ where: { id: runId } }),
  attempts: await database.db.prisma.attempt.findMany({ where: { runId } }),
  points: await database.db.prisma.metricPoint.findMany({ where: { runId } }),
  artifacts: await database.db.prisma.artifact.findMany({ where: { runId } }),
  report: await database.db.prisma.report.findUnique({ where: { runId } }),
  events: await database.db.prisma.event.count(),
});

const outcomes: RunOutcome[] = [
  completedWith(0.9),
  { kind: "pruned", reason: "below the median" },
  { kind: "diverged", epoch: 2 },
  { kind: "cancelled" },
  { kind: "paused" },
  { kind: "failed", code: "crashed", message: "it crashed", retryable: true },
  { kind: "failed", code: "out_of_memory", message: "too big", retryable: false },
  { kind: "handed_back", reason: "the worker stops" },
];

test("a superseded attempt changes nothing, whatever it writes", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const stale = await claim(db, id, workerId);
  await report(db, stale, 1);
  await expireLease(db, id);
  const fresh = await claim(db, id, workerId);
  const before = await everything(id);
  const owned = { runId: id, attempt: stale.attempt };

  expect(await report(db, stale, 2, 0.99)).toEqual({
    owned: false,
    objective: null,
    prunes: false,
  });
  expect(await heartbeat(db, [owned], 60_000)).toMatchObject([{ owned: false, command: null }]);
  for (const outcome of outcomes)
    expect(await finishRun(db, owned, outcome)).toEqual({ owned: false });

  expect(await everything(id)).toEqual(before);
  expect(await report(db, fresh, 2, 0.5)).toMatchObject({ owned: true });
});

test("nothing is written to a run that has ended, not even by its last attempt", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const run = await claim(db, id, workerId);
  const owned = { runId: id, attempt: run.attempt };
  expect(await finishRun(db, owned, completedWith(0.9))).toEqual({
    owned: true,
    state: "completed",
  });
  const before = await everything(id);
  expect(await report(db, run, 1)).toMatchObject({ owned: false });
  for (const outcome of outcomes)
    expect(await finishRun(db, owned, outcome)).toEqual({ owned: false });
  expect(await everything(id)).toEqual(before);
});

test("of an end and a take-over at the same time exactly one happens", async () => {
  const { db } = database;
  for (let round = 0; round < 10; round++) {
    const { id } = await addRun(db, projectId);
    const run = await claim(db, id, workerId);
    await expireLease(db, id);
    const owned = { runId: id, attempt: run.attempt };
    const [finished, taken] = await Promise.all([
      finishRun(db, owned, completedWith(0.9)),
      claim(db, id, workerId).catch(() => null),
    ]);
    expect(finished.owned).toBe(taken === null);
    const reports = await db.prisma.report.count({ where: { runId: id } });
    expect(reports).toBe(finished.owned ? 1 : 0);
  }
});
