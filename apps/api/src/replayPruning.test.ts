import { PruningLogEntry } from "@sweepyard/contract";
import { reconcile } from "@sweepyard/db";
import { expireLease } from "@sweepyard/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

/** Sweeps of parallel trainers are pruned, and every decision is made again from the log. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const STEPS = 9;

/** Falls from 1 towards `x`: the curves of two runs never cross. */
const lossAt = (x: number, step: number): number => x + (1 - x) * Math.exp(-step / 3);

async function submit(pruner: Record<string, unknown>, changes: Record<string, unknown> = {}) {
  return api.client.sweeps.create({
    name: "curves",
    trainer: { kind: "external", steps: STEPS },
    space: { x: { type: "float", low: 0, high: 1 } },
    sampler: { name: "random" },
    objective: { metric: "loss", direction: "minimize" },
    pruner,
    budget: { runs: 20 },
    ...changes,
  } as never);
}

/** A trainer: asks, reports step by step until told to stop, and tells the end. */
async function trainer(sweepId: string): Promise<void> {
  for (;;) {
    const [asked] = (await api.client.sweeps.ask(sweepId)).runs;
    if (asked === undefined) return;
    const { run, attempt, params } = asked;
    let goOn = true;
    for (let step = 1; step <= STEPS && goOn; step++) {
      const rows = [{ step, values: { loss: lossAt(Number(params.x), step) } }];
      ({ goOn } = await api.client.runs.recordSteps(run, { attempt, rows }));
    }
    if (goOn) await api.client.runs.tell(run, { attempt, state: "completed" });
  }
}

async function train(sweepId: string, trainers: number) {
  await Promise.all(Array.from({ length: trainers }, () => trainer(sweepId)));
  return api.client.sweeps.get(sweepId);
}

const FAMILIES: Record<string, Record<string, unknown>> = {
  median: { name: "median", n_startup_trials: 3 },
  percentile: { name: "percentile", percentile: 40, n_startup_trials: 3, interval_steps: 2 },
  patient: {
    name: "patient",
    patience: 0,
    wrapped_pruner: { name: "median", n_startup_trials: 2 },
  },
  threshold: { name: "threshold", upper: 0.7, n_warmup_steps: 5 },
  wilcoxon: { name: "wilcoxon", p_threshold: 0.3 },
  "successive halving": { name: "successive_halving", min_resource: 1, reduction_factor: 2 },
  "successive halving, auto": { name: "successive_halving", reduction_factor: 3 },
  hyperband: { name: "hyperband", max_resource: STEPS, reduction_factor: 2 },
  "hyperband, auto": { name: "hyperband" },
  "ASHA that stops": { name: "asha", mode: "stop", reduction_factor: 2 },
  "learning curves": { name: "learning_curve", n_startup_trials: 3, min_probability: 0.3 },
};

test.each(Object.entries(FAMILIES))(
  "%s: six trainers at a time, and no decision comes out otherwise",
  async (_name, pruner) => {
    const { id } = await submit(pruner);
    const { counts, state } = await train(id, 6);
    expect(state).toBe("completed");
    expect(counts).toMatchObject({ running: 0, queued: 0 });
    const replay = await api.client.sweeps.replay(id);
    expect(replay).toMatchObject({ asks: 20, unlogged: 0, differences: [] });
    expect(replay.prunes).toBeGreaterThan(0);
    expect(counts.completed + counts.pruned).toBe(20);
    // A patient run has to get worse; these curves never do.
    if (pruner.name !== "patient") expect(counts.pruned).toBeGreaterThan(0);
  },
);

/** Changes one entry of a sweep's pruning log. */
async function fake(sweepId: string, seq: number, path: string, value: string): Promise<void> {
  await api.db.prisma.$executeRawUnsafe(
    `update pruning_log set entry = jsonb_set(entry::jsonb, $1::text[], $2::jsonb)::json
     where sweep_id = $3::uuid and seq = $4`,
    path,
    value,
    sweepId,
    seq,
  );
}

async function judgedEntries(sweepId: string) {
  const rows = await api.db.prisma.pruningLogEntry.findMany({
    where: { sweepId, kind: "judged" },
    orderBy: { seq: "asc" },
  });
  return rows.flatMap(({ seq, entry }) => {
    const judged = PruningLogEntry.parse(entry);
    return judged.kind === "judged" ? [{ seq: Number(seq), ...judged }] : [];
  });
}

test("a replay names the decision that was altered, and the run that it was about", async () => {
  const { id } = await submit({ name: "median", n_startup_trials: 3 });
  await train(id, 4);
  const stopped = (await judgedEntries(id)).find(({ decision }) => decision.prune);
  if (stopped === undefined) throw new Error("nothing was pruned");
  await fake(id, stopped.seq, "{decision,prune}", "false");
  const { items } = await api.client.runs.list({ sweepId: id });
  const run = items.find(({ number }) => number === stopped.number);
  const { differences } = await api.client.sweeps.replay(id);
  expect(differences).toMatchObject([
    { kind: "keep", at: stopped.seq, number: stopped.number, runId: run?.id },
    // Nor does the log tell any more why the run was stopped.
    { kind: "prune", at: 0, number: stopped.number, recomputed: null },
  ]);
  expect(differences[0]).toMatchObject({
    recorded: { prune: false },
    recomputed: { prune: true, reason: { rule: "worse_than_percentile" } },
  });
});

test("a replay finds a run let go on that should have been stopped", async () => {
  const { id } = await submit({ name: "asha", mode: "stop", reduction_factor: 2 });
  await train(id, 4);
  const kept = (await judgedEntries(id)).find(({ decision: { prune } }) => !prune);
  if (kept === undefined) throw new Error("nothing was kept");
  await fake(id, kept.seq, "{decision,rungs,0}", "0.99");
  const { differences } = await api.client.sweeps.replay(id);
  expect(differences[0]).toMatchObject({ kind: "keep", at: kept.seq, number: kept.number });
});

test("what a lost attempt had measured is remembered, and so is an exclusion and another pruner", async () => {
  const { id } = await submit({ name: "median", n_startup_trials: 1 });
  const first = (await api.client.sweeps.ask(id)).runs[0];
  const second = (await api.client.sweeps.ask(id)).runs[0];
  if (first === undefined || second === undefined) throw new Error("no runs");
  const reportTo = (asked: typeof first, step: number, loss: number) =>
    api.client.runs.recordSteps(asked.run, {
      attempt: asked.attempt,
      rows: [{ step, values: { loss } }],
    });
  for (const step of [1, 2, 3]) await reportTo(first, step, 0.5);
  await api.client.runs.tell(first.run, { attempt: first.attempt, state: "completed" });
  for (const step of [1, 2]) await reportTo(second, step, 0.4);
  await expireLease(api.db, second.run);
  await reconcile(api.db, { leaseGraceMs: 0 });
  const again = (await api.client.sweeps.ask(id)).runs[0];
  if (again === undefined) throw new Error("the lost run was not given again");
  expect(again).toMatchObject({ run: second.run, attempt: 2 });
  // Measured anew, and otherwise than before.
  await reportTo(again, 1, 0.45);
  await api.client.runs.patch(first.run, { excluded: "a wrong data set" });
  await reportTo(again, 2, 0.9);
  await api.client.runs.patch(first.run, { excluded: null });
  await api.client.sweeps.patch(id, { pruner: { name: "threshold", upper: 0.8 }, name: "renamed" });
  expect(await reportTo(again, 3, 0.95)).toMatchObject({ goOn: false, state: "pruned" });
  const replay = await api.client.sweeps.replay(id);
  expect(replay).toMatchObject({ prunes: expect.any(Number), differences: [] });
  expect(replay.prunes).toBeGreaterThan(3);
});
