import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drainWorker, isDraining, resumeWorker } from "./drainWorker.js";
import { queueStatus } from "./queueStatus.js";
import { addRun, claim, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";
import { listWorkers, workerBeat, workerStopped } from "./workers.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const SLOTS = [
  { slot: 0, device: "cpu" },
  { slot: 1, device: "cpu" },
];

test("a drained worker claims nothing, learns of it at its next beat, and resumes", async () => {
  const { db } = database;
  const run = await addRun(db, projectId);
  expect(await workerBeat(db, workerId, SLOTS)).toBeNull();
  const drained = await drainWorker(db, projectId, workerId, { runs: "hand_back", by: "mara" });
  expect(drained).toMatchObject({
    state: "draining",
    drain: { runs: "hand_back", by: "mara" },
  });
  expect(await isDraining(db, workerId)).toBe(true);
  await expect(claim(db, run.id, workerId)).rejects.toThrow();
  expect(await workerBeat(db, workerId, SLOTS)).toBe("hand_back");
  expect((await queueStatus(db, projectId)).waitReason).toContain("all workers are draining");

  expect(await resumeWorker(db, projectId, workerId)).toMatchObject({
    state: "active",
    drain: null,
  });
  expect(await workerBeat(db, workerId, SLOTS)).toBeNull();
  await claim(db, run.id, workerId);
});

test("one that was taken for lost while it drained comes back draining", async () => {
  const { db } = database;
  await drainWorker(db, projectId, workerId, { runs: "finish", by: "mara" });
  await db.prisma.worker.update({ where: { id: workerId }, data: { state: "lost" } });
  await expect(resumeWorker(db, projectId, workerId)).rejects.toMatchObject({ code: "conflict" });
  expect(await workerBeat(db, workerId, SLOTS)).toBe("finish");
  expect((await listWorkers(db, projectId))[0]?.state).toBe("draining");
  await resumeWorker(db, projectId, workerId);
});

test("one that stops can't be had back, and one that is gone can't be drained", async () => {
  const { db } = database;
  await workerStopped(db, workerId, "draining");
  await expect(resumeWorker(db, projectId, workerId)).rejects.toMatchObject({
    code: "conflict",
    message: "the worker is stopping: it can't take runs again",
  });
  await workerStopped(db, workerId, "stopped");
  const drain = { runs: "finish", by: "mara" } as const;
  await expect(drainWorker(db, projectId, workerId, drain)).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(drainWorker(db, projectId, projectId, drain)).rejects.toMatchObject({
    code: "not_found",
  });
});
