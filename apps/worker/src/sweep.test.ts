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
  expect((await system.replayPruning(id)).filter(({ isSame }) => !isSame)).toEqual([]);
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

test("ASHA pauses runs at their rungs and promotes the best, and losers end as pruned", async () => {
  const id = await system.submitSweep(
    {
      plan: { ...plan, epochs: 9, model: { ...plan.model, depth: 1 } },
      space: {
        // The best come first: were each better than those before it, none would have to wait.
        learning_rate: { type: "categorical", choices: [0.01, 5e-4, 1e-5, 1e-6, 2e-7, 1e-7] },
      },
      pruner: { name: "asha", reduction_factor: 2, min_resource: 1 },
    },
    6,
  );
  const seen = new Set<string>();
  const sweep = await vi.waitFor(
    async () => {
      const query = ListRuns.parse({ sweepId: id });
      for (const run of (await listRuns(system.db, system.projectId, query)).items)
        if (run.stateReason !== null) seen.add(run.stateReason);
      const view = await system.sweep(id);
      expect(view.endedAt, JSON.stringify([view.counts, ...seen])).not.toBeNull();
      return view;
    },
    { timeout: 30_000, interval: 20 },
  );
  expect(sweep.state).toBe("completed");
  const { completed = 0, pruned = 0 } = sweep.counts;
  expect(completed).toBeGreaterThanOrEqual(1);
  expect(completed + pruned).toBe(6);
  expect(sweep.epochsDone).toBeLessThan(6 * 9 * 0.75);

  const { items } = await listRuns(system.db, system.projectId, ListRuns.parse({ sweepId: id }));
  for (const run of items.filter(({ state }) => state === "pruned"))
    expect(run.stateReason).toMatch(
      /^pruned at rung \d \(epoch [1248]\): \d\w\w of \d with [\d.]+/,
    );
  expect([...seen].join("\n")).toMatch(/paused at rung 0 \(epoch 1\)/);
  // Whoever was promoted went on from its checkpoint: each epoch is there once, and in order.
  for (const run of items.filter(({ attempt }) => attempt > 1)) {
    const { metrics } = await system.numbers(run.id);
    expect(metrics.map(({ step }) => step)).toEqual(metrics.map((_, index) => index + 1));
  }
  expect(items.some(({ attempt }) => attempt > 1)).toBe(true);

  const decisions = await system.replayPruning(id);
  expect(decisions.filter(({ isSame }) => !isSame)).toEqual([]);
  const kinds = new Set(decisions.map(({ kind }) => kind));
  expect(kinds).toContain("pause");
  expect(kinds).toContain("promote");

  // Somebody else let on than the log's own figures say: the replay names it.
  const promoted = decisions.find(({ kind }) => kind === "promote");
  await system.db.prisma.$executeRaw`
    update pruning_log set entry = jsonb_set(entry::jsonb, '{winners,0,number}', '99')::json
    where sweep_id = ${id}::uuid and seq = ${promoted?.seq}`;
  const altered = (await system.replayPruning(id)).filter(({ isSame }) => !isSame);
  expect(altered).toMatchObject([{ kind: "promote", seq: promoted?.seq }]);
});

test("a run that waited at a rung ends with the bits of one that did not", async () => {
  const space = { learning_rate: { type: "categorical", choices: [0.01] } };
  const model = { ...plan.model, depth: 1 };
  const only = async (pruner: Record<string, unknown>) => {
    const id = await system.submitSweep(
      { plan: { ...plan, model, epochs: 6, seed: 3 }, space, pruner },
      1,
    );
    await ended(id);
    const { items } = await listRuns(system.db, system.projectId, ListRuns.parse({ sweepId: id }));
    return items[0];
  };
  const paused = await only({ name: "asha" });
  const straight = await only({ name: "none" });
  expect(paused).toMatchObject({ state: "completed", attempt: 3 });
  expect(straight).toMatchObject({ state: "completed", attempt: 1 });
  expect(await system.numbers(paused?.id ?? "")).toEqual(await system.numbers(straight?.id ?? ""));
});
