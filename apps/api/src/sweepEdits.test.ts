import { advanceSweep } from "@sweepyard/db";
import { SweepDecider } from "@sweepyard/search";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallSweep } from "./testing/submitSmall.js";

/** Sweeps that are changed while they run, forked, and given points by hand. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

const ACTOR = "read+submit+promote+predict+admin";
const rateSweep = (changes: Record<string, unknown> = {}) =>
  api.client.sweeps.create(
    smallSweep({
      space: {
        learning_rate: { type: "float", low: 0.001, high: 0.1, log: true },
        depth: { type: "int", low: 1, high: 2 },
      },
      sampler: { name: "random" },
      budget: { runs: 20 },
      parallelism: 8,
      ...changes,
    }),
  );
const advance = (id: string) => advanceSweep(api.db, id, new SweepDecider());
const runsOf = async (sweepId: string) =>
  (await api.client.runs.list({ sweepId, sort: "number" })).items;

test("a narrowed range counts from the next run on, and each run names its version", async () => {
  const sweep = await rateSweep();
  await advance(sweep.id);
  const edited = await api.client.sweeps.patch(sweep.id, {
    space: { learning_rate: { type: "float", low: 0.01, high: 0.02, log: true } },
    parallelism: 20,
    reason: "higher rates diverge",
  });
  expect(edited).toMatchObject({ version: 2, parallelism: 20, state: "running" });
  expect(Object.keys(edited.space)).toEqual(["learning_rate", "depth"]);
  await advance(sweep.id);
  const runs = await runsOf(sweep.id);
  const rates = (version: number, state: string) =>
    runs
      .filter((run) => run.version === version && run.state === state)
      .map(({ params }) => Number(params.learning_rate));
  for (const rate of rates(1, "cancelled")) expect(rate < 0.01 || rate > 0.02).toBe(true);
  for (const rate of [...rates(1, "queued"), ...rates(2, "queued")])
    expect(rate >= 0.01 && rate <= 0.02).toBe(true);
  // Those that were taken back cost nothing: all 20 of the budget wait.
  expect(runs.filter(({ state }) => state === "queued")).toHaveLength(20);
  const { items } = await api.client.sweeps.versions(sweep.id);
  expect(items.map(({ version, actor, reason }) => ({ version, actor, reason }))).toEqual([
    { version: 1, actor: ACTOR, reason: "" },
    { version: 2, actor: ACTOR, reason: "higher rates diverge" },
  ]);
});

test.each([
  [{}, "", "empty_edit"],
  [{ space: { width: { type: "int", low: 1, high: 2 } } }, "space.width", "unknown_dimension"],
  [{ space: { depth: { type: "float", low: 1, high: 2 } } }, "space.depth.type", "fixed"],
  [{ space: { depth: { type: "int", low: 0, high: 2 } } }, "plan.model.depth", "too_small"],
  [
    { space: { learning_rate: { type: "float", low: 2, high: 1 } } },
    "space.learning_rate.low",
    "empty_range",
  ],
  [{ budget: { runs: null } }, "budget.runs", "required"],
  [{ budget: { runs: 0 } }, "budget.runs", "too_small"],
  [{ epochs: 3 }, "epochs", "unrecognized_keys"],
])("an edit of %j is refused at %s", async (edit, path, rule) => {
  const sweep = await rateSweep();
  const refusal = api.client.sweeps.patch(sweep.id, edit as never);
  await expect(refusal).rejects.toMatchObject({
    problem: { errors: expect.arrayContaining([expect.objectContaining({ path, rule })]) },
  });
  expect(await api.client.sweeps.get(sweep.id)).toEqual(sweep);
});

test("points that somebody enqueues go first, and the sampler fills in what they leave out", async () => {
  const sweep = await rateSweep({ points: [{ learning_rate: 0.05, depth: 1 }], parallelism: 3 });
  await api.client.sweeps.enqueue(sweep.id, { points: [{ depth: 2 }] });
  const unfit = api.client.sweeps.enqueue(sweep.id, { points: [{ depth: 1 }, { depth: 3 }] });
  await expect(unfit).rejects.toMatchObject({
    problem: { errors: [{ path: "points.1.depth", rule: "out_of_range" }] },
  });
  await advance(sweep.id);
  const [first, second, third] = await runsOf(sweep.id);
  expect(first).toMatchObject({
    params: { learning_rate: 0.05, depth: 1 },
    samplerReason: { sampler: "enqueued" },
  });
  expect(second?.params).toEqual({ learning_rate: expect.any(Number), depth: 2 });
  expect(third?.samplerReason).toMatchObject({ sampler: "random" });
  const { items } = await api.client.sweeps.log(sweep.id, { limit: 3 });
  expect(items.map(({ entry }) => entry.kind)).toEqual(["settings", "enqueue", "enqueue"]);
  expect(await api.client.sweeps.replay(sweep.id)).toEqual({
    asks: 3,
    unlogged: 0,
    prunes: 0,
    promotions: 0,
    differences: [],
  });
});

test("a replay finds an ask that was not made from its log", async () => {
  const sweep = await rateSweep({ parallelism: 2 });
  await advance(sweep.id);
  await api.db.prisma.$executeRaw`
    update sweep_log set entry = jsonb_set(entry::jsonb, '{params,depth}', '9')::json
    where sweep_id = ${sweep.id}::uuid and seq = 3`;
  const { differences } = await api.client.sweeps.replay(sweep.id);
  expect(differences).toMatchObject([
    { kind: "ask", at: 3, recorded: { params: { depth: 9 } }, recomputed: { params: {} } },
  ]);
});

test("a fork is a sweep of its own with what it changes, and knows where it comes from", async () => {
  const parent = await rateSweep({ tags: ["rates"] });
  const fork = await api.client.sweeps.fork(parent.id, {
    changes: { sampler: { name: "tpe" }, budget: { runs: 5 }, objective: parent.objective },
  });
  expect(fork).toMatchObject({
    name: "small (fork)",
    forkedFrom: parent.id,
    warmStart: [parent.id],
    sampler: { name: "tpe" },
    plannedRuns: 5,
    tags: ["rates"],
    space: parent.space,
    version: 1,
  });
  const wrong = api.client.sweeps.fork(parent.id, { changes: { sampler: { name: "magic" } } });
  await expect(wrong).rejects.toMatchObject({ problem: { errors: [{ path: "sampler.name" }] } });
  const other = { objective: { metric: "val_loss" } };
  await expect(api.client.sweeps.fork(parent.id, { changes: other })).rejects.toMatchObject({
    problem: { errors: [{ path: "warm_start.sweeps.0", rule: "other_objective" }] },
  });
  const alone = await api.client.sweeps.fork(parent.id, { changes: other, keep_history: false });
  expect(alone).toMatchObject({ objective: { metric: "val_loss", direction: "minimize" } });
  expect(alone.warmStart).toEqual([]);
});

test("a sweep's weight is set in its file and changed while it runs", async () => {
  const sweep = await rateSweep({ weight: 2 });
  expect(sweep).toMatchObject({ weight: 2, priority: 50 });
  expect(await api.client.sweeps.patch(sweep.id, { weight: 0.5 })).toMatchObject({ weight: 0.5 });
  const none = api.client.sweeps.patch(sweep.id, { weight: 0 });
  await expect(none).rejects.toMatchObject({ problem: { errors: [{ path: "weight" }] } });
  expect(await api.client.sweeps.fork(sweep.id, { changes: {} })).toMatchObject({ weight: 0.5 });
});
