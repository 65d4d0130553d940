import { setImmediate as turn } from "node:timers/promises";
import { type Id, parseSweep } from "@sweepyard/contract";
import {
  advanceSweep,
  type ClaimedTraining,
  claimNextRun,
  createSweep,
  finishRun,
  judgeReport,
  queuedDeliveries,
  registerWorker,
  reportEpoch,
} from "@sweepyard/db";
import type {} from "@sweepyard/local/testing";
import { judgeRun, SweepDecider } from "@sweepyard/search";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/**
 * Budgets in epochs of sweeps whose runs pause at rungs: many workers in one process, which do all
 * that workers do but train.
 */

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

const WORKERS = 8;
const STEPS = 9;

/** Until the sweep has ended and nothing waits. */
async function train(sweepId: Id, seed: number): Promise<void> {
  const { db } = system;
  const slots = Array.from({ length: WORKERS }, (_, slot) => ({ slot, device: "cpu" }));
  const workerId = await registerWorker(db, {
    ...{ name: `worker ${sweepId}`, host: "localhost", pid: process.pid, version: "0.0.0" },
    slots,
  });
  const decider = new SweepDecider();
  await advanceSweep(db, sweepId, decider);
  const work = async (slot: number) => {
    for (;;) {
      const [next] = await queuedDeliveries(db, { sweepId });
      if (next === undefined) {
        await advanceSweep(db, sweepId, decider);
        if ((await system.sweep(sweepId)).endedAt !== null) return;
        await turn();
        continue;
      }
      const claimed = await claimNextRun(db, {
        ...{ runId: next.runId, generation: next.generation, workerId, slot },
        ...{ device: "cpu", leaseMs: 60_000, maxAttempts: 3 },
      });
      if (claimed?.trainer === "engine") await trainRun(claimed, seed);
      await advanceSweep(db, sweepId, decider);
    }
  };
  await Promise.all(slots.map(({ slot }) => work(slot)));
}

async function trainRun(run: ClaimedTraining, seed: number): Promise<void> {
  const { db } = system;
  const own = { runId: run.id, attempt: run.attempt };
  for (let epoch = (run.resume?.epoch ?? 0) + 1; epoch <= STEPS; epoch++) {
    // Any order of the runs does, and it changes from rung to rung.
    const value = ((run.number * 7_919 + epoch * 104_729 + seed) % 1_009) / 1_009;
    await reportEpoch(db, own, {
      ...{ epoch, metrics: { val_accuracy: value }, seconds: 0, samplesPerSecond: 0 },
      checkpoint: { sha256: epoch.toString(16).padStart(64, "0"), bytes: 1 },
    });
    if (epoch === STEPS) break;
    const verdict = await judgeReport(db, run.sweepId ?? "", own, judgeRun);
    if (verdict?.kind === "pause") {
      const { rung, why } = verdict;
      await finishRun(db, own, { kind: "paused_at_rung", rung, reason: `paused: ${why}` });
      return;
    }
  }
  await finishRun(db, own, { kind: "program_completed", files: [] });
}

const submit = async (budget: Record<string, number>): Promise<Id> => {
  const sweep = parseSweep({
    name: "budgeted",
    plan: {
      data: { dataset: "synthetic", version: 1 },
      optimizer: { class_name: "Adam", learning_rate: { $param: "lr" } },
      epochs: STEPS,
    },
    space: { lr: { type: "float", low: 1e-4, high: 1e-2 } },
    sampler: { name: "random" },
    pruner: { name: "asha" },
    objective: { metric: "val_accuracy" },
    parallelism: WORKERS,
    budget,
  });
  const { id } = await createSweep(system.db, system.projectId, "test", sweep, {
    plannedRuns: budget.runs ?? null,
  });
  return id;
};

test.each([9, 23, 45])(
  "eight workers train no epoch more than a budget of %i, one run to its end, and all is made again",
  async (epochs) => {
    const id = await submit({ epochs });
    await train(id, epochs);
    const view = await system.sweep(id);
    expect(view.state).toBe("completed");
    expect(view.epochsDone).toBeLessThanOrEqual(epochs);
    // A run that pauses gives its epochs back: what is left is too little for anybody's next rung.
    expect(view.epochsDone).toBeGreaterThan(epochs - STEPS);
    expect(view.counts.completed).toBeGreaterThan(0);
    if (epochs > STEPS) expect(view.counts.pruned).toBeGreaterThan(0);
    const replayed = await system.replayPruning(id);
    expect(replayed.filter(({ isSame }) => !isSame)).toEqual([]);
    expect(replayed.length).toBeGreaterThan(0);
  },
);

test("a budget that no run fits whole trains nothing", async () => {
  const id = await submit({ epochs: STEPS - 1 });
  await train(id, 1);
  const view = await system.sweep(id);
  expect(view).toMatchObject({ state: "completed", epochsDone: 0 });
  expect(view.stateReason).toBe("the budget has 8 epochs left, and a run takes 9");
});
