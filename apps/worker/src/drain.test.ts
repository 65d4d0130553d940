import {
  drainWorker,
  listWorkers,
  registerWorker,
  requestCancel,
  resumeWorker,
  runLoad,
  workerLoad,
} from "@sweepyard/db";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LoadRecorder } from "./load/loadRecorder.js";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** A worker process that somebody drains, and what an attempt leaves for people to look at. */

let system: TestSystem;
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(() => system.close());

const theWorker = async () => {
  const [worker] = await listWorkers(system.db, system.projectId);
  if (worker === undefined) throw new Error("no worker has registered");
  return worker;
};
const LONG = { epochs: 100_000 };

test("a worker that is drained hands its run back with a checkpoint, takes none, and resumes", async () => {
  await system.startProcess();
  const { id: workerId } = await theWorker();
  const id = await system.submitRun(LONG);
  await system.waitForRun(id, ({ epoch }) => epoch >= 2);
  await drainWorker(system.db, system.projectId, workerId, { runs: "hand_back", by: "mara" });
  const { epoch } = await system.waitForRun(id, ({ state }) => state === "queued");
  expect(epoch).toBeGreaterThanOrEqual(2);

  // A job that is delivered all the same stays for others; a run that comes meanwhile waits.
  const other = await system.submitRun({ epochs: 1 });
  await vi.waitFor(async () => {
    expect(await theWorker()).toMatchObject({ state: "draining", trouble: null });
    const jobs = await system.queues.takeable("training");
    expect(jobs).toBeGreaterThanOrEqual(2);
  });
  expect((await system.run(other)).attempt).toBe(0);
  expect((await system.run(id)).attempt).toBe(1);

  await resumeWorker(system.db, system.projectId, workerId);
  await system.waitForRun(id, (run) => run.attempt === 2 && run.epoch > epoch);
  const attempts = await system.attempts(id);
  expect(attempts[0]).toMatchObject({ outcome: "handed_back" });
  expect(attempts[0]?.log).toMatch(/epoch 2\/100000: loss .*handed back: its worker is drained/s);
  expect(attempts[1]?.fromEpoch).toBe(epoch);
});

test("one that is drained to finish has its run go on to its end, and takes no other", async () => {
  await system.startProcess();
  const { id: workerId } = await theWorker();
  const id = await system.submitRun(LONG);
  const next = await system.submitRun({ epochs: 1 });
  await system.waitForRun(id, ({ epoch }) => epoch >= 1);
  await drainWorker(system.db, system.projectId, workerId, { runs: "finish", by: "mara" });
  const { epoch } = await system.run(id);
  await system.waitForRun(id, (run) => run.epoch > epoch + 5);
  await requestCancel(system.db, system.projectId, id, "mara");
  await system.waitForRun(id, ({ state }) => state === "cancelled");
  expect((await system.run(next)).state).toBe("queued");
  await system.startProcess({ WORKER_NAME: "another" });
  await system.waitForRun(next, ({ state }) => state === "completed");
  const [attempt] = await system.attempts(next);
  expect(attempt?.workerName).toBe("another");
});

test("an attempt tells what it trains on, its epochs and its end, and what it took of the machine", async () => {
  await system.startSupervisor();
  const id = await system.submitRun(LONG);
  await vi.waitFor(
    async () => {
      const [load] = await runLoad(system.db, system.projectId, id);
      expect(load?.at.length).toBeGreaterThanOrEqual(2);
      expect(Math.max(...(load?.cpuCores ?? []))).toBeGreaterThan(0);
      expect(load?.memoryBytes.every((bytes) => bytes > 10e6)).toBe(true);
      const [attempt] = await system.attempts(id);
      expect(attempt?.log).toMatch(/Z trains on .* from the start/);
    },
    { timeout: 20_000, interval: 200 },
  );
});

test("a worker's own load is kept now and then", async () => {
  const { db } = system;
  const workerId = await registerWorker(db, {
    name: "measured",
    host: "here",
    pid: process.pid,
    version: "0.0.0",
    slots: [{ slot: 0, device: "cpu" }],
    machine: { cores: 4, memoryBytes: 8e9 },
  });
  const recorder = new LoadRecorder({
    db,
    workerId,
    logger: pino({ level: "silent" }),
    workerSampleMs: 1,
  });
  try {
    await vi.waitFor(
      async () => {
        const [load] = await workerLoad(db, 5);
        expect(load).toMatchObject({
          workerId,
          slots: 1,
          machineCores: 4,
          machineMemoryBytes: 8e9,
        });
        expect(load?.memoryBytes[0]).toBeGreaterThan(10e6);
        expect(load?.busy[0]).toBe(0);
      },
      { timeout: 20_000, interval: 100 },
    );
  } finally {
    recorder.stop();
  }
});
