import {
  cancelSweep,
  queuedDeliveries,
  requestCancel,
  requestPause,
  resumeRun,
} from "@sweepyard/db";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Supervisor } from "./supervisor.js";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** What people ask of runs that are going on, and what is left when Redis forgets everything. */

let system: TestSystem;
let worker: Supervisor;
beforeAll(async () => {
  system = await startTestSystem();
  worker = await system.startSupervisor();
});
afterAll(() => system.close());

test("a cancelled run stops at the next heartbeat, and its trainer takes the next run", async () => {
  const pids = worker.trainerPids();
  const id = await system.submitRun({ epochs: 100_000 });
  await system.waitForRun(id, ({ epoch }) => epoch >= 2);
  await requestCancel(system.db, system.projectId, id, "somebody");
  const run = await system.waitForRun(id, ({ state }) => state !== "running");
  expect(run.state).toBe("cancelled");

  const next = await system.submitRun({ epochs: 2 });
  await system.waitForRun(next, ({ state }) => state === "completed");
  expect(worker.trainerPids()).toEqual(pids);
  expect((await system.run(id)).epoch).toBe(run.epoch);
});

test("a paused run that is resumed ends with the numbers of one that was not", async () => {
  const epochs = 150; // long enough for a heartbeat to bring the request while it trains
  const whole = await system.submitRun({ epochs });
  await system.waitForRun(whole, ({ state }) => state === "completed");
  const id = await system.submitRun({ epochs });
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  await requestPause(system.db, system.projectId, id, "somebody");
  const paused = await system.waitForRun(id, ({ state }) => state !== "running");
  expect(paused.state).toBe("paused");
  expect(paused.epoch).toBeLessThan(epochs);

  await resumeRun(system.db, system.projectId, id, "somebody");
  const [delivery] = await queuedDeliveries(system.db, { runId: id });
  if (delivery === undefined) throw new Error("not queued");
  await system.queues.enqueue("run.train", delivery, delivery);
  await system.waitForRun(id, ({ state }) => state === "completed");
  expect(await system.numbers(id)).toEqual(await system.numbers(whole));
});

test("a cancelled sweep stops the run that trains and drops those that wait", async () => {
  const id = await system.submitSweep(
    {
      plan: {
        data: { dataset: "synthetic", version: 1 },
        model: { template: "mlp", depth: { $param: "depth" }, units: [24, 16, 8] },
        epochs: 100_000,
      },
      space: { depth: { type: "int", low: 1, high: 3 } },
    },
    3,
  );
  await vi.waitFor(async () => expect((await system.sweep(id)).epochsDone).toBeGreaterThan(2), {
    timeout: 20_000,
  });
  await cancelSweep(system.db, system.projectId, id, "somebody");
  await vi.waitFor(
    async () => expect((await system.sweep(id)).counts).toMatchObject({ cancelled: 3 }),
    { timeout: 20_000 },
  );
  expect((await system.sweep(id)).state).toBe("cancelled");
});

test("no run is lost when Redis forgets everything", async () => {
  const going = await system.submitRun({ epochs: 40 });
  const waiting = [await system.submitRun({ epochs: 2 }), await system.submitRun({ epochs: 2 })];
  await system.waitForRun(going, ({ epoch }) => epoch >= 2);
  await system.forgetQueue();
  for (const id of [going, ...waiting])
    expect(await system.waitForRun(id, ({ state }) => state === "completed", 30_000)).toMatchObject(
      { attempt: 1 },
    );
});

test("a sweep whose jobs all got lost is advanced and trained by repairs alone", async () => {
  const id = await system.submitSweep(
    {
      plan: {
        data: { dataset: "synthetic", version: 1 },
        model: { template: "mlp", depth: { $param: "depth" }, units: [24, 16] },
        epochs: 2,
      },
      space: { depth: { type: "int", low: 1, high: 2 } },
    },
    2,
  );
  await system.forgetQueue();
  await vi.waitFor(async () => expect((await system.sweep(id)).state).toBe("completed"), {
    timeout: 20_000,
    interval: 50,
  });
  expect((await system.sweep(id)).counts).toMatchObject({ completed: 2 });
});
