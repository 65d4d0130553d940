import { newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type AdvanceInput, advanceSweep, type Decision } from "./advanceSweep.js";
import { finishRun } from "./finishRun.js";
import { listRuns } from "./listRuns.js";
import { getSweep } from "./listSweeps.js";
import { requestCancel, retryRun } from "./runActions.js";
import { cancelSweep, pauseSweep, resumeSweep } from "./sweepActions.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  planOf,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"), { pool: 20 });
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const addTwo = ({ nextNumber }: AdvanceInput): Decision => ({
  runs: [0, 1].map((index) => ({
    params: { x: (nextNumber + index) / 100 },
    reason: { sampler: "test" },
    plan: planOf(),
  })),
});
const addNone = (): Decision => ({ runs: [], end: { reason: "nothing is left to try" } });

const complete = async (runId: string, value = 0.5) => {
  const run = await claim(database.db, runId, workerId);
  await report(database.db, run, 1, value);
  await finishRun(database.db, { runId, attempt: run.attempt }, completedWith(value));
};

test("parallel calls never pass the budget, and number the runs without gaps", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 25);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => advanceSweep(db, sweep.id, addTwo)),
  );
  const created = answers.flatMap((answer) => answer.created);
  expect(created).toHaveLength(25);
  expect(new Set(created.map(({ runId }) => runId)).size).toBe(25);
  const query = { sweepId: sweep.id, sort: "number", limit: 100 };
  const { items, total } = await listRuns(db, projectId, query);
  expect(total).toBe(25);
  expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  // Each call saw the runs of those before it: no two proposed the same.
  expect(new Set(items.map(({ params }) => params.x)).size).toBe(25);
});

test("what decide is told", async () => {
  const { db } = database;
  const changes = { parallelism: 3, seed: 4_294_967_295, plan: { data: { dataset: "shapes" } } };
  const sweep = await addSweep(db, projectId, changes, 10);
  const params = [{ x: 0.1 }, { x: 0.2 }, { x: 0.3 }];
  const [first = "", second = "", third = ""] = await addSweepRuns(db, sweep.id, params);
  await complete(first, 0.7);
  await db.prisma.run.update({
    where: { id: third },
    data: { state: "pruned", epoch: 4, objective: 0.25, endedAt: new Date() },
  });
  await db.prisma.run.update({
    where: { id: second },
    data: { excludedBy: "ann", excludedReason: "a test", excludedAt: new Date() },
  });
  let told: AdvanceInput | undefined;
  await advanceSweep(db, sweep.id, (input) => {
    told = input;
    return { runs: [] };
  });
  expect(told).toMatchObject({
    sweep: { id: sweep.id, parallelism: 3, seed: 4_294_967_295, sampler: { name: "random" } },
    history: [
      { number: 1, params: { x: 0.1 }, state: "completed", value: 0.7, points: [] },
      { number: 2, params: { x: 0.2 }, state: "queued", value: null, excluded: true },
      { number: 3, state: "pruned", excluded: false, points: [{ step: 3, value: 0.25 }] },
    ],
    nextNumber: 4,
    remaining: 7,
    active: 1,
    slots: { total: 2 },
  });
});

test("the order of a space's dimensions survives", async () => {
  const { db } = database;
  const dimension = { type: "float", low: 0, high: 1 };
  const space = { zeta: dimension, alpha: dimension, mu: dimension };
  const sweep = await addSweep(db, projectId, { space });
  expect(Object.keys((await getSweep(db, projectId, sweep.id)).space)).toEqual(Object.keys(space));
  await advanceSweep(db, sweep.id, (input) => {
    expect(Object.keys(input.sweep.space)).toEqual(Object.keys(space));
    return { runs: [] };
  });
});

test("a sweep ends when nothing is left to make and every run has ended", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 2);
  const [first = "", second = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.1 }, { x: 0.2 }]);
  await complete(first);
  expect(await advanceSweep(db, sweep.id, addNone)).toEqual({ created: [], ended: false });
  await requestCancel(db, projectId, second, "ann");
  expect(await advanceSweep(db, sweep.id, addNone)).toEqual({ created: [], ended: true });
  expect(await advanceSweep(db, sweep.id, addNone)).toEqual({ created: [], ended: false });
  const ended = await getSweep(db, projectId, sweep.id);
  expect(ended).toMatchObject({
    state: "completed",
    stateReason: "all 2 planned runs have ended",
    counts: { completed: 1, cancelled: 1, queued: 0 },
  });
  expect(ended.endedAt).not.toBeNull();

  await retryRun(db, projectId, second, "ann");
  expect(await getSweep(db, projectId, sweep.id)).toMatchObject({
    state: "running",
    stateReason: "run 2 was retried by ann",
    endedAt: null,
  });
  await complete(second);
  expect(await advanceSweep(db, sweep.id, addNone)).toEqual({ created: [], ended: true });
});

test("the sampler's own end is the reason shown", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  expect(await advanceSweep(db, sweep.id, () => ({ runs: [] }))).toMatchObject({ ended: false });
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ ended: true });
  expect((await getSweep(db, projectId, sweep.id)).stateReason).toBe("nothing is left to try");
});

test("a decide that throws, or names a data set that is not there, leaves nothing behind", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 5);
  const fail = () => {
    throw new RangeError("the sampler broke");
  };
  await expect(advanceSweep(db, sweep.id, fail)).rejects.toThrow("the sampler broke");
  const plan = planOf({ data: { dataset: "missing" } });
  const missing = () => ({ runs: [{ params: {}, reason: null, plan }] });
  await expect(advanceSweep(db, sweep.id, missing)).rejects.toMatchObject({ code: "not_found" });
  await expect(advanceSweep(db, newId(), addTwo)).rejects.toMatchObject({ code: "not_found" });
  expect(await addSweepRuns(db, sweep.id, [{ x: 0.5 }])).toHaveLength(1);
  expect((await getSweep(db, projectId, sweep.id)).counts.queued).toBe(1);
});

test("pause, resume and cancel reach every run", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 10);
  const points = [{ x: 0.1 }, { x: 0.2 }, { x: 0.3 }];
  const [running = "", done = "", queued = ""] = await addSweepRuns(db, sweep.id, points);
  await complete(done);
  const run = await claim(db, running, workerId);
  const stateOf = async (id: string) =>
    (await db.prisma.run.findUniqueOrThrow({ where: { id } })).state;

  expect(await pauseSweep(db, projectId, sweep.id, "ann")).toMatchObject({
    state: "paused",
    stateReason: "paused by ann",
    counts: { running: 1, paused: 1, completed: 1 },
  });
  expect(await advanceSweep(db, sweep.id, addTwo)).toEqual({ created: [], ended: false });
  await expect(pauseSweep(db, projectId, sweep.id, "ann")).rejects.toMatchObject({
    code: "conflict",
  });
  await finishRun(db, { runId: running, attempt: run.attempt }, { kind: "paused" });
  expect(await stateOf(running)).toBe("paused");

  await resumeSweep(db, projectId, sweep.id, "ann");
  expect([await stateOf(running), await stateOf(queued)]).toEqual(["queued", "queued"]);
  await claim(db, running, workerId);

  expect(await cancelSweep(db, projectId, sweep.id, "bob")).toMatchObject({
    state: "cancelled",
    counts: { running: 1, cancelled: 1, completed: 1 },
  });
  const asked = await db.prisma.run.findUniqueOrThrow({ where: { id: running } });
  expect(asked).toMatchObject({ command: "cancel", commandReason: "cancelled by bob" });
  await expect(resumeSweep(db, projectId, sweep.id, "ann")).rejects.toThrow(
    "cannot resume a sweep that is cancelled: it must be paused",
  );
  await expect(cancelSweep(db, newId(), sweep.id, "ann")).rejects.toMatchObject({
    code: "not_found",
  });
});

test("heartbeats, reports and cancels of one sweep do not lock one another out", async () => {
  const { db } = database;
  for (let round = 0; round < 3; round++) {
    const sweep = await addSweep(db, projectId, {}, 20);
    const ids = await addSweepRuns(
      db,
      sweep.id,
      Array.from({ length: 12 }, (_, index) => ({ x: index / 12 })),
    );
    const runs = await Promise.all(ids.map((id) => claim(db, id, workerId)));
    await Promise.all([
      ...runs.map((run) => report(db, run, 1)),
      ...runs.map((run) => retryRun(db, projectId, run.id, "ann").catch(() => null)),
      advanceSweep(db, sweep.id, addTwo),
      cancelSweep(db, projectId, sweep.id, "ann"),
      ...runs.map(({ id, attempt }) =>
        finishRun(db, { runId: id, attempt }, { kind: "pruned", reason: "a test" }),
      ),
    ]);
    const { counts } = await getSweep(db, projectId, sweep.id);
    expect(counts.pruned).toBe(12);
    expect(counts.queued + counts.running).toBe(0);
  }
});
