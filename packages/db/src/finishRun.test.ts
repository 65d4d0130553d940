import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { finishRun, type RunOutcome } from "./finishRun.js";
import { getRun } from "./listRuns.js";
import { requestCancel } from "./runActions.js";
import { runArtifacts, runAttempts, runReport } from "./runDetails.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  evaluation,
  report,
  seedProject,
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

test("a completed run has its report, files and test figures", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const run = await claim(db, id, workerId);
  await expect(runReport(db, projectId, id)).rejects.toMatchObject({ code: "not_found" });
  await report(db, run, 1);
  await finishRun(db, { runId: id, attempt: 1 }, completedWith(0.75));

  const view = await getRun(db, projectId, id);
  expect(view).toMatchObject({
    state: "completed",
    stateReason: null,
    error: null,
    metrics: {
      val_accuracy: 0.1,
      "test.accuracy": 0.75,
      "test.f1_macro": 0.71,
      "test.precision_macro": 0.7,
      "test.recall_macro": 0.72,
      "test.loss": 0.5,
    },
  });
  expect(view.endedAt).not.toBeNull();
  expect(await runReport(db, projectId, id)).toEqual(evaluation(0.75));
  const artifacts = await runArtifacts(db, projectId, id);
  expect(artifacts.map(({ kind }) => kind).sort()).toEqual(["checkpoint", "model", "weights"]);
  expect(await runAttempts(db, projectId, id)).toMatchObject([
    { number: 1, outcome: "completed", error: null, workerName: "worker of tests" },
  ]);
});

test("a run whose model is of an earlier epoch has that epoch's figures and checkpoint", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 1 }]);
  const run = await claim(db, id, workerId);
  await report(db, run, 1, 0.5);
  await report(db, run, 2, 0.8, { isBest: true });
  await report(db, run, 3, 0.6);
  await report(db, run, 4, 0.7);
  const stopped = "val_accuracy has not improved for 2 epochs";
  const ending = { epochs: 4, stopped, bestEpoch: 2 };
  await finishRun(db, { runId: run.id, attempt: 1 }, { ...completedWith(0.75), ending });
  const view = await getRun(db, projectId, run.id);
  expect(view).toMatchObject({
    state: "completed",
    stateReason: `stopped early at epoch 4: ${stopped}; weights of epoch 2`,
    epoch: 4,
    objective: 0.8,
    metrics: { loss: 0.5, val_accuracy: 0.8, epoch_seconds: 1, "test.accuracy": 0.75 },
  });
  const files = await runArtifacts(db, projectId, run.id);
  expect(files.map(({ fileName }) => fileName)).toContain("best-epoch-2.safetensors");
  expect(files.map(({ fileName }) => fileName)).toContain("epoch-4.safetensors");
});

test.each<[RunOutcome, object]>([
  [
    { kind: "pruned", reason: "below the median 0.842" },
    { state: "pruned", stateReason: "below the median 0.842" },
  ],
  [
    { kind: "diverged", epoch: 3 },
    { state: "diverged", stateReason: "the loss was not finite in epoch 3" },
  ],
  [
    { kind: "failed", code: "out_of_memory", message: "too big", retryable: false },
    { state: "failed", error: { code: "out_of_memory", message: "too big" } },
  ],
  [{ kind: "paused" }, { state: "paused", endedAt: null }],
])("%o", async (outcome, expected) => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const { attempt } = await claim(db, id, workerId);
  const answer = await finishRun(db, { runId: id, attempt }, outcome);
  expect(answer).toMatchObject({ owned: true });
  expect("requeue" in answer).toBe(false);
  expect(await getRun(db, projectId, id)).toMatchObject(expected);
  const [last] = await runAttempts(db, projectId, id);
  expect(last?.outcome).toBe(outcome.kind);
});

test("a retryable failure is queued again with a growing delay until the attempts are used up", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const failed = {
    kind: "failed",
    code: "crashed",
    message: "exit code 139",
    retryable: true,
  } as const;
  const delays: number[] = [];
  for (const attempt of [1, 2, 3]) {
    await claim(db, id, workerId, { maxAttempts: 3 });
    const answer = await finishRun(db, { runId: id, attempt }, failed);
    if (!answer.owned) throw new Error("the run should have been owned");
    if (attempt < 3) {
      const delayMs = answer.requeue?.delayMs ?? Number.NaN;
      delays.push(delayMs);
      expect(answer).toMatchObject({ state: "queued", requeue: { generation: attempt + 1 } });
      expect(await getRun(db, projectId, id)).toMatchObject({
        state: "queued",
        stateReason: `attempt ${attempt} of 3 failed: exit code 139 (crashed); tried again after ${(delayMs / 1000).toFixed(1)} s`,
        workerName: null,
      });
    }
  }
  for (const [index, delayMs] of delays.entries()) {
    expect(delayMs).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(delayMs).toBeLessThanOrEqual(1_000 * 2 ** index);
  }
  expect(await getRun(db, projectId, id)).toMatchObject({
    state: "failed",
    stateReason: "attempt 3 of 3 failed: exit code 139 (crashed)",
  });
});

test("a cancel that arrived meanwhile is obeyed in place of another attempt", async () => {
  const { db } = database;
  for (const outcome of [
    { kind: "handed_back", reason: "the worker stops" },
    { kind: "failed", code: "crashed", message: "gone", retryable: true },
  ] as const) {
    const { id } = await addRun(db, projectId);
    const { attempt } = await claim(db, id, workerId);
    await requestCancel(db, projectId, id, "ann");
    const answer = await finishRun(db, { runId: id, attempt }, outcome);
    expect(answer).toEqual({ owned: true, state: "cancelled" });
    expect((await getRun(db, projectId, id)).stateReason).toBe("cancelled by ann");
  }
});

test("a run that completes before it hears of a cancel stays completed", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  const { attempt } = await claim(db, id, workerId);
  await requestCancel(db, projectId, id, "ann");
  const answer = await finishRun(db, { runId: id, attempt }, completedWith(0.9));
  expect(answer).toEqual({ owned: true, state: "completed" });
});

test("a figure of the report can be the sweep's objective", async () => {
  const { db } = database;
  const objective = { metric: "test.f1_macro", direction: "maximize" };
  const sweep = await addSweep(db, projectId, { objective });
  const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0 }]);
  await report(db, await claim(db, id, workerId), 1);
  expect((await getRun(db, projectId, id)).objective).toBeNull();
  await finishRun(db, { runId: id, attempt: 1 }, completedWith(0.9));
  expect((await getRun(db, projectId, id)).objective).toBe(0.71);
});

test("trainMs adds up the attempts", async () => {
  const { db } = database;
  const { id } = await addRun(db, projectId);
  for (const attempt of [1, 2]) {
    await claim(db, id, workerId);
    await finishRun(db, { runId: id, attempt }, { kind: "handed_back", reason: "a test" });
    await db.prisma.$executeRaw`
      update attempts set started_at = ended_at - interval '90 seconds'
      where run_id = ${id}::uuid and number = ${attempt}`;
  }
  expect((await getRun(db, projectId, id)).trainMs).toBe(180_000);
});
