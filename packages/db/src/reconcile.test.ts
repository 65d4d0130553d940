import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { getRun } from "./listRuns.js";
import { reconcile } from "./reconcile.js";
import { requestCancel } from "./runActions.js";
import { runAttempts } from "./runDetails.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  expireLease,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";
import { listWorkers, workerBeat } from "./workers.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const options = { leaseGraceMs: 10_000 };

test("a run whose lease ran out is queued again, once, whoever reconciles", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  await report(db, await claim(db, id, workerId), 1);
  await expireLease(db, id);
  const all = await Promise.all([1, 2, 3, 4].map(() => reconcile(db, options)));
  expect(all.flatMap(({ lost }) => lost)).toEqual([
    { runId: id, attempt: 1, workerName: "worker of tests" },
  ]);
  const run = await getRun(db, projectId, id);
  expect(run).toMatchObject({
    state: "queued",
    epoch: 1,
    stateReason: "attempt 1 was lost with worker of tests",
  });
  const { requeue } = await reconcile(db, options);
  expect(requeue).toContainEqual({
    runId: id,
    generation: 2,
    priority: 50,
    delayMs: 0,
    trainer: "engine",
  });

  const [attempt] = await runAttempts(db, projectId, id);
  const stored = await db.prisma.attempt.findFirstOrThrow({ where: { runId: id } });
  expect(attempt?.outcome).toBe("lost");
  // It ended when it was last heard of, not when somebody noticed.
  expect(stored.endedAt).toEqual(stored.lastSeenAt);
});

test("a lease within its grace is left alone", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  await claim(db, id, workerId, { leaseMs: 1 });
  expect((await reconcile(db, options)).lost).toEqual([]);
  expect((await getRun(db, projectId, id)).state).toBe("running");
});

test("a lost run that was to be cancelled is cancelled; one without attempts left fails", async () => {
  const { db } = database;
  const [cancelled, used] = [await addRun(db, projectId), await addRun(db, projectId)];
  await claim(db, cancelled.id, workerId);
  await requestCancel(db, projectId, cancelled.id, "ann");
  await claim(db, used.id, workerId, { maxAttempts: 1 });
  await expireLease(db, cancelled.id);
  await expireLease(db, used.id);
  await reconcile(db, options);
  expect(await getRun(db, projectId, cancelled.id)).toMatchObject({
    state: "cancelled",
    stateReason: "cancelled by ann",
  });
  expect(await getRun(db, projectId, used.id)).toMatchObject({
    state: "failed",
    stateReason: "all 1 attempts are used up; worker of tests was lost",
    error: { code: "worker_lost" },
  });
});

test("running sweeps with nothing queued are to be advanced", async () => {
  const { db } = database;
  const [idle, waiting, paused] = [
    await addSweep(db, projectId),
    await addSweep(db, projectId),
    await addSweep(db, projectId),
  ];
  await addSweepRuns(db, waiting.id, [{ x: 0.1 }]);
  await db.prisma.sweep.update({ where: { id: paused.id }, data: { state: "paused" } });
  expect((await reconcile(db, options)).advance).toEqual([idle.id]);
});

test("a worker unseen for long is lost, and back when it is heard of", async () => {
  const { db } = database;
  await db.prisma.$executeRaw`
    update workers set last_seen_at = now() - interval '2 minutes' where id = ${workerId}::uuid`;
  expect((await reconcile(db, options)).lostWorkers).toEqual([workerId]);
  const slots = [{ slot: 0, device: "cuda:0" }];
  expect((await listWorkers(db, projectId))[0]).toMatchObject({ id: workerId, state: "lost" });
  await workerBeat(db, workerId, slots);
  expect((await listWorkers(db, projectId))[0]).toMatchObject({ state: "active" });
});
