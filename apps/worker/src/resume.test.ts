import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** A run that was interrupted ends with the same bits as one that was not. */

let system: TestSystem;
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(() => system.close());

const EPOCHS = { epochs: 30 };

async function undisturbed() {
  const id = await system.submitRun(EPOCHS);
  await system.waitForRun(id, ({ state }) => state === "completed");
  const numbers = await system.numbers(id);
  expect(numbers.weights).toHaveLength(1);
  expect(numbers.metrics).toHaveLength(EPOCHS.epochs);
  return numbers;
}

const outcomes = async (id: string) =>
  (await system.attempts(id)).map(({ outcome, fromEpoch }) => ({ outcome, fromEpoch }));

test("two runs of one plan have checkpoints of their own: neither deletes the other's", async () => {
  await system.startSupervisor();
  const ids = [await system.submitRun({ epochs: 2 }), await system.submitRun({ epochs: 2 })];
  for (const id of ids) await system.waitForRun(id, ({ state }) => state === "completed");
  const artifacts = await system.db.prisma.artifact.findMany({ where: { runId: { in: ids } } });
  const different = (kind: string) =>
    new Set(artifacts.filter((file) => file.kind === kind).map(({ sha256 }) => sha256)).size;
  expect({ weights: different("weights"), checkpoint: different("checkpoint") }).toEqual({
    weights: 1,
    checkpoint: 2,
  });
});

test("kill -9 of the trainer in mid-run", async () => {
  const worker = await system.startProcess();
  const expected = await undisturbed();
  const id = await system.submitRun(EPOCHS);
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  for (const pid of await worker.trainerPids()) process.kill(pid, "SIGKILL");

  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run.attempt).toBe(2);
  expect(await system.numbers(id)).toEqual(expected);
  const [first, second] = await system.attempts(id);
  expect(first).toMatchObject({ outcome: "failed", error: { code: "trainer_killed" } });
  expect(second?.fromEpoch).toBeGreaterThanOrEqual(5);
});

test("kill -9 of the whole worker in mid-run: another one takes over, no trainer is left", async () => {
  const first = await system.startProcess({ WORKER_NAME: "first" });
  const expected = await undisturbed();
  const id = await system.submitRun(EPOCHS);
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  const trainers = await first.trainerPids();
  first.kill("SIGKILL");
  await system.startProcess({ WORKER_NAME: "second" });

  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run).toMatchObject({ attempt: 2, workerName: "second" });
  expect(await system.numbers(id)).toEqual(expected);
  expect((await outcomes(id)).map(({ outcome }) => outcome)).toEqual(["lost", "completed"]);
  expect((await outcomes(id))[1]?.fromEpoch).toBeGreaterThanOrEqual(5);
  await vi.waitFor(() => expect(trainers.filter(isAlive)).toEqual([]), { timeout: 5_000 });
});

test("a worker stopped past its lease comes back as a zombie: its writes bounce", async () => {
  const zombie = await system.startProcess({ WORKER_NAME: "zombie" });
  const expected = await undisturbed();
  const id = await system.submitRun(EPOCHS);
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  zombie.kill("SIGSTOP");
  const other = await system.startSupervisor({ WORKER_NAME: "other" });
  await system.waitForRun(id, ({ attempt }) => attempt === 2);
  zombie.kill("SIGCONT");

  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run).toMatchObject({ attempt: 2, workerName: "other" });
  expect(await system.numbers(id)).toEqual(expected);
  const points = await system.db.prisma.metricPoint.findMany({
    where: { runId: id, name: "loss" },
  });
  const stepsOf = (attempt: number) =>
    points.filter((point) => point.attempt === attempt).map(({ step }) => step);
  const takenOverAt = (await outcomes(id))[1]?.fromEpoch ?? 0;
  expect(Math.max(...stepsOf(1))).toBe(takenOverAt);
  expect(Math.min(...stepsOf(2))).toBe(takenOverAt + 1);
  // The zombie has let go, and is a good worker again.
  await other.stop();
  const next = await system.submitRun({ epochs: 2 });
  expect(await system.waitForRun(next, ({ state }) => state === "completed")).toMatchObject({
    workerName: "zombie",
    attempt: 1,
  });
});

test("a worker told to stop hands its run back, and another goes on at once", async () => {
  const first = await system.startProcess({ WORKER_NAME: "first", LEASE_SECONDS: "60" });
  const expected = await undisturbed();
  const id = await system.submitRun(EPOCHS);
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  const trainers = await first.trainerPids();
  await system.startSupervisor({ WORKER_NAME: "second", RECONCILE_SECONDS: "60" });
  first.kill("SIGTERM");

  expect(await first.exited).toBe(0);
  expect(trainers.filter(isAlive)).toEqual([]);
  // Neither the lease nor a repair could have been in time.
  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run).toMatchObject({ attempt: 2, workerName: "second" });
  expect((await outcomes(id))[0]?.outcome).toBe("handed_back");
  expect(await system.numbers(id)).toEqual(expected);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
