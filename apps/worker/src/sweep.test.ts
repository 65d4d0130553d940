import { ListRuns } from "@sweepyard/contract";
import { listRuns, runReport } from "@sweepyard/db";
// For the types of what the test run provides.
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** Whole sweeps through real stores and real trainers. */

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const sweep = await system.sweep(id);
      expect(sweep.endedAt, JSON.stringify(sweep.counts)).not.toBeNull();
      return sweep;
    },
    { timeout: 30_000, interval: 50 },
  );

const plan = {
  data: { dataset: "synthetic", version: 1 },
  model: { template: "mlp", depth: { $param: "depth" }, units: [24, 16] },
  optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
  batch_size: 32,
  epochs: 4,
};
const space = {
  learning_rate: { type: "categorical", choices: [0.001, 0.01] },
  depth: { type: "int", low: 1, high: 2 },
};

test("a grid is trained to its end, each cell once, with a report for every run", async () => {
  await system.startSupervisor({ SLOTS: "2" });
  const id = await system.submitSweep({ plan, space }, 4);
  const sweep = await ended(id);
  expect(sweep.state).toBe("completed");
  expect(sweep.counts).toMatchObject({ completed: 4 });
  expect(sweep.best?.test?.accuracy).toBeGreaterThan(0.9);
  expect(sweep).toMatchObject({ epochsDone: 16, epochsPlanned: 16 });

  const best = sweep.best?.runId ?? "";
  expect(await runReport(system.db, system.projectId, best)).toMatchObject({ samples: 200 });
  const run = await system.run(best);
  expect(run.metrics["test.accuracy"]).toBe(sweep.best?.test?.accuracy);
  expect(run).toMatchObject({ attempt: 1, epoch: 4, state: "completed" });
});

test("the median pruner stops runs that lag, and the sweep still ends", async () => {
  const id = await system.submitSweep(
    {
      plan: { ...plan, epochs: 12, model: { ...plan.model, depth: 1 } },
      space: { learning_rate: { type: "categorical", choices: [0.01, 0.005, 1e-7, 2e-7] } },
      pruner: { name: "median", n_startup_trials: 2 },
      parallelism: 1,
    },
    4,
  );
  const sweep = await ended(id);
  expect(sweep.counts).toMatchObject({ completed: 2, pruned: 2 });
  const query = ListRuns.parse({ sweepId: id, state: ["pruned"] });
  const { items } = await listRuns(system.db, system.projectId, query);
  for (const { stateReason } of items)
    expect(stateReason).toMatch(
      /^pruned after epoch \d+: its best [\d.]+ is worse than the median of 2 runs, [\d.]+$/,
    );
});

test("a run that diverges ends as such and is not tried again", async () => {
  const id = await system.submitRun({
    epochs: 50,
    model: { template: "mlp", depth: 4, units: 24, activation: "linear" },
    optimizer: { class_name: "SGD", learning_rate: 900 },
  });
  const run = await system.waitForRun(id, ({ endedAt }) => endedAt !== null);
  expect(run).toMatchObject({ state: "diverged", attempt: 1 });
});
