import { AttemptLoad, QueueHistory, WorkerLoad } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { finishRun } from "./finishRun.js";
import { queueHistory, sampleQueues } from "./queueHistory.js";
import { runLoad, workerLoad } from "./readLoad.js";
import { recordAttemptLoad, recordWorkerLoad, trimSamples } from "./recordLoad.js";
import { retryRuns } from "./retryRuns.js";
import { addRun, claim, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test("the queue's depth is kept when it changes, and attempts are counted where they fall", async () => {
  const { db } = database;
  await sampleQueues(db);
  await sampleQueues(db); // nothing has changed
  const run = await addRun(db, projectId);
  await sampleQueues(db);
  await claim(db, run.id, workerId);
  await sampleQueues(db);
  const failed = { kind: "failed", code: "x", message: "broken", retryable: false } as const;
  await finishRun(db, { runId: run.id, attempt: 1 }, failed);
  await sampleQueues(db);

  const history = await queueHistory(db, projectId, 60);
  expect(QueueHistory.parse(history)).toEqual(history);
  expect(history.depth).toMatchObject({
    queued: [0, 1, 0, 0],
    running: [0, 0, 1, 0],
    slots: [2, 2, 2, 2],
  });
  expect([sum(history.started), sum(history.finished), sum(history.failed)]).toEqual([1, 0, 1]);
  expect(history.waitMedianMs.filter((wait) => wait !== null)).toHaveLength(1);
  const { projectId: other } = await seedProject(db, "another");
  expect(sum((await queueHistory(db, other, 60)).started)).toBe(0);
});

test("what was seen last before the time asked for holds at its beginning", async () => {
  const { db } = database;
  await db.prisma.$executeRaw`delete from queue_samples`;
  await db.prisma.$executeRaw`
    insert into queue_samples (project_id, at, queued, running, slots) values
      (${projectId}::uuid, now() - interval '8 minutes', 5, 1, 2),
      (${projectId}::uuid, now() - interval '1 minute', 2, 2, 2)`;
  const { depth } = await queueHistory(db, projectId, 5);
  expect(depth.queued).toEqual([5, 2]);
  expect(depth.at[0]).toBe(0);
  // Nobody looked for longer than samples are apart: nothing is known of the beginning.
  await db.prisma.$executeRaw`
    update queue_samples set at = now() - interval '20 minutes' where queued = 5`;
  expect((await queueHistory(db, projectId, 5)).depth.queued).toEqual([2]);
});

test("failed runs are queued again, all of them or those that are named", async () => {
  const { db } = database;
  const failed = { kind: "failed", code: "x", message: "broken", retryable: false } as const;
  const [first, second] = [await addRun(db, projectId), await addRun(db, projectId)];
  for (const run of [first, second]) {
    await claim(db, run.id, workerId);
    await finishRun(db, { runId: run.id, attempt: 1 }, failed);
  }
  const named = await retryRuns(db, projectId, "mara", [first.id, first.id]);
  expect(named).toMatchObject({ ids: [first.id], retried: 1, refused: [] });
  const again = await retryRuns(db, projectId, "mara", [first.id]);
  expect(again.refused).toEqual([
    { id: first.id, message: expect.stringContaining("cannot retry a run that is queued") },
  ]);
  const all = await retryRuns(db, projectId, "mara", undefined);
  expect(all).toMatchObject({ left: 0, refused: [] });
  expect(all.ids).toContain(second.id);
});

test("what trainers and workers took is kept by attempt and by worker", async () => {
  const { db } = database;
  const run = await addRun(db, projectId);
  await claim(db, run.id, workerId);
  const at = new Date();
  const sample = { runId: run.id, at, cpuCores: 1.5, memoryBytes: 3e9 };
  await recordAttemptLoad(db, [
    { ...sample, attempt: 1 },
    { ...sample, attempt: 7 }, // of no attempt
  ]);
  const [load, ...more] = await runLoad(db, projectId, run.id);
  expect(AttemptLoad.parse(load)).toMatchObject({
    attempt: 1,
    cpuCores: [1.5],
    memoryBytes: [3e9],
  });
  expect(more).toEqual([]);

  const old = new Date(at.getTime() - 25 * 3_600_000);
  await recordWorkerLoad(db, { workerId, at, cpuCores: 0.5, memoryBytes: 1e9, busy: 1 });
  await recordWorkerLoad(db, { workerId, at: old, cpuCores: 0.5, memoryBytes: 1e9, busy: 1 });
  const [worker] = await workerLoad(db, 60);
  expect(WorkerLoad.parse(worker)).toMatchObject({ workerId, busy: [1], slots: 2 });
  await trimSamples(db);
  expect(await db.prisma.workerSample.count()).toBe(1);
});
