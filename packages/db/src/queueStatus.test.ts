import { WorkerView } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { queuedDeliveries } from "./delivery.js";
import { finishRun } from "./finishRun.js";
import { queueStatus } from "./queueStatus.js";
import { addRun, addSweep, addSweepRuns, claim, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";
import { listWorkers, workerStopped } from "./workers.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

test("says why runs wait, from the first to the worker that stops", async () => {
  const { db } = database;
  expect(await queueStatus(db, projectId)).toMatchObject({
    slots: { total: 2, busy: 0 },
    longestWaitMs: null,
    waitReason: null,
  });
  const [a, b, c] = [
    await addRun(db, projectId),
    await addRun(db, projectId),
    await addRun(db, projectId),
  ];
  const free = await queueStatus(db, projectId);
  expect(free).toMatchObject({
    runs: { queued: 3, running: 0 },
    waitReason: "slots are free: the runs are being delivered",
  });
  expect(free.longestWaitMs).toBeGreaterThanOrEqual(0);

  await claim(db, a.id, workerId, { slot: 0 });
  await claim(db, b.id, workerId, { slot: 1 });
  expect(await queueStatus(db, projectId)).toMatchObject({
    slots: { total: 2, busy: 2 },
    waitReason: "all 2 slots are busy",
  });
  const [worker] = await listWorkers(db, projectId);
  expect(WorkerView.parse(worker)).toEqual(worker);
  expect(worker?.slots).toEqual([
    { slot: 0, device: "cpu", runId: a.id, runName: a.name },
    { slot: 1, device: "cpu", runId: b.id, runName: b.name },
  ]);

  await claim(db, c.id, workerId);
  const failed = { kind: "failed", code: "x", message: "x", retryable: true } as const;
  await finishRun(db, { runId: c.id, attempt: 1 }, failed);
  expect((await queueStatus(db, projectId)).waitReason).toContain("wait for their next try");
  const [delayed] = await queuedDeliveries(db, { runId: c.id });
  expect(delayed).toMatchObject({ runId: c.id, generation: 2 });
  expect(delayed?.delayMs).toBeGreaterThan(0);

  await workerStopped(db, workerId, "draining");
  expect((await queueStatus(db, projectId)).waitReason).toContain(
    "all workers are draining or stopping",
  );
  await workerStopped(db, workerId, "stopped");
  expect((await queueStatus(db, projectId)).waitReason).toBe(
    "no worker is there to take runs: start one",
  );
});

test("deliveries come most urgent first, of one sweep where asked", async () => {
  const { db } = database;
  const low = await addSweep(db, projectId, { priority: 10 });
  const high = await addSweep(db, projectId, { priority: 90 });
  const lowIds = await addSweepRuns(db, low.id, [{ x: 0.1 }, { x: 0.2 }]);
  const highIds = await addSweepRuns(db, high.id, [{ x: 0.1 }]);
  const all = (await queuedDeliveries(db, {})).map(({ runId }) => runId);
  expect(all[0]).toBe(highIds[0]);
  expect(all.slice(-2).sort()).toEqual([...lowIds].sort());
  expect(await queuedDeliveries(db, { sweepId: high.id })).toEqual([
    { runId: highIds[0], generation: 1, priority: 90, delayMs: 0, trainer: "engine" },
  ]);
  expect(await queuedDeliveries(db, { limit: 1 })).toHaveLength(1);
});
