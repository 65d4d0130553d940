import { isTerminal, newId, SweepLogEntry, TerminatorConfig } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { advanceSweep } from "./advanceSweep.js";
import { finishRun } from "./finishRun.js";
import { listRuns } from "./listRuns.js";
import { getSweep } from "./listSweeps.js";
import { patchRun } from "./patchRun.js";
import { requestCancel, retryRun } from "./runActions.js";
import { cancelSweep, pauseSweep, resumeSweep } from "./sweepActions.js";
import type { AdvanceInput } from "./sweepDecision.js";
import { sweepLog } from "./sweepHistoryViews.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  deciding,
  newPoints,
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

const addTwo = deciding((input) => {
  const { nextNumber, sweep } = input;
  const left = (sweep.plannedRuns ?? Number.POSITIVE_INFINITY) - (nextNumber - 1);
  const params = [0, 1].map((index) => ({ x: (nextNumber + index) / 100 })).slice(0, left);
  return { points: newPoints(input, params), unfinished: 1 };
});
/** Counts what the log tells of runs, as packages/search does. */
const addNone = deciding(({ log }) => {
  const live = new Set<number>();
  for (const { entry } of log) {
    if (entry.kind === "ask") for (const { number } of entry.runs) live.add(number);
    if (entry.kind === "run" && isTerminal(entry.state)) live.delete(entry.number);
    if (entry.kind === "run" && !isTerminal(entry.state)) live.add(entry.number);
  }
  const end = { reason: "nothing is left to try", cancelQueued: false };
  return { points: [], end, unfinished: live.size };
});

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
  const stopped = await claim(db, third, workerId);
  for (const epoch of [1, 2]) await report(db, stopped, epoch);
  const pruned = { kind: "pruned", reason: "below the median" } as const;
  await finishRun(db, { runId: third, attempt: stopped.attempt }, pruned);
  await patchRun(db, projectId, second, "ann", { excluded: "a test" });
  const told: AdvanceInput[] = [];
  const listen = deciding((input) => {
    told.push(input);
    return { points: [], unfinished: 1 };
  });
  await advanceSweep(db, sweep.id, listen);
  expect(told[0]).toMatchObject({
    sweep: { id: sweep.id, parallelism: 3, seed: 4_294_967_295, plannedRuns: 10, target: null },
    fromStart: true,
    nextNumber: 4,
    slots: { total: 2 },
  });
  expect(told[0]?.log.map(({ entry }) => entry)).toMatchObject([
    { kind: "settings", version: 1, sampler: { name: "random" }, actor: "tester" },
    { kind: "ask", point: 1, params: { x: 0.1 }, runs: [{ number: 1 }] },
    { kind: "ask", point: 2, params: { x: 0.2 } },
    { kind: "ask", point: 3, params: { x: 0.3 } },
    { kind: "run", number: 1, state: "completed", values: [0.7], points: [], epochs: 1 },
    { kind: "run", number: 2, state: "running", values: [null], excluded: true },
    { kind: "run", number: 3, state: "pruned", excluded: false, points: [{ step: 1, value: 0.2 }] },
  ]);
  expect(told[0]?.log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);

  // Nothing has happened since: the log is as long as it was.
  await advanceSweep(db, sweep.id, listen);
  expect(told[1]?.log).toEqual(told[0]?.log.map((row) => ({ ...row, at: expect.any(String) })));
});

test("a decider that knows the log is told what is new, unless what it knows never happened", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 10);
  const [first = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.1 }]);
  let told: AdvanceInput | undefined;
  let known: { seq: number; tx: string } | null = null;
  let forgotten = 0;
  const decider = {
    known: () => known,
    decide(input: AdvanceInput) {
      told = input;
      known = { seq: input.log.at(-1)?.seq ?? known?.seq ?? 0, tx: input.tx };
      return { points: [], unfinished: 1 };
    },
    promote: () => [],
    evolve: () => [],
    forget: () => {
      forgotten += 1;
    },
  };
  await complete(first);
  await advanceSweep(db, sweep.id, decider);
  expect(told).toMatchObject({ fromStart: true, log: [{}, {}, { seq: 3 }] });
  await retireSecond();
  await advanceSweep(db, sweep.id, decider);
  expect(told).toMatchObject({ fromStart: false, log: [{ seq: 4 }, { seq: 5 }] });

  known = { seq: 5, tx: "1" };
  await advanceSweep(db, sweep.id, decider);
  expect(told).toMatchObject({ fromStart: true, log: [{}, {}, {}, {}, {}] });
  expect(forgotten).toBe(0);

  async function retireSecond() {
    const [second = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.2 }]);
    await requestCancel(db, projectId, second, "ann");
  }
});

test("the order of a space's dimensions survives", async () => {
  const { db } = database;
  const dimension = { type: "float", low: 0, high: 1 };
  const space = { zeta: dimension, alpha: dimension, mu: dimension };
  const sweep = await addSweep(db, projectId, { space });
  expect(Object.keys((await getSweep(db, projectId, sweep.id)).space)).toEqual(Object.keys(space));
  const [row] = await db.prisma.sweepLogEntry.findMany({ where: { sweepId: sweep.id } });
  const entry = SweepLogEntry.parse(row?.entry);
  expect(Object.keys((entry.kind === "settings" && entry.space) || {})).toEqual(Object.keys(space));
});

test("a sweep ends when nothing is left to make and every run has ended", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 2);
  const [first = "", second = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.1 }, { x: 0.2 }]);
  await complete(first);
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ created: [], ended: false });
  await requestCancel(db, projectId, second, "ann");
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ created: [], ended: true });
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ created: [], ended: false });
  const ended = await getSweep(db, projectId, sweep.id);
  expect(ended).toMatchObject({
    state: "completed",
    stateReason: "nothing is left to try",
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
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ created: [], ended: true });
});

test("the sampler's own end is the reason shown", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  expect(
    await advanceSweep(
      db,
      sweep.id,
      deciding(() => ({ points: [], unfinished: 0 })),
    ),
  ).toMatchObject({ ended: false });
  expect(await advanceSweep(db, sweep.id, addNone)).toMatchObject({ ended: true });
  expect((await getSweep(db, projectId, sweep.id)).stateReason).toBe("nothing is left to try");
});

test("what the terminator found is in the log, before the points, and in the sweep's view", async () => {
  const { db } = database;
  const terminator = TerminatorConfig.parse({ name: "regret_bound" });
  const sweep = await addSweep(db, projectId, { terminator }, 25);
  expect(await getSweep(db, projectId, sweep.id)).toMatchObject({ terminatorFigures: null });
  let runs = 20;
  const judging = deciding((input) => {
    const figures = { runs: ++runs, regretBound: 1 / runs, error: null };
    const judged = { kind: "terminator", version: 1, ...figures } as const;
    return { judged, points: newPoints(input, [{ x: runs / 100 }]), unfinished: 1 };
  });
  await advanceSweep(db, sweep.id, judging);
  await advanceSweep(db, sweep.id, judging);
  const { items } = await sweepLog(db, projectId, sweep.id, { after: 0, limit: 100 });
  expect(items.map(({ entry }) => entry.kind)).toEqual([
    "settings",
    "terminator",
    "ask",
    "terminator",
    "ask",
  ]);
  const view = await getSweep(db, projectId, sweep.id);
  expect(view.terminatorFigures).toEqual({ runs: 22, regretBound: 1 / 22, error: null });
});

test("a decide that throws, or names a data set that is not there, leaves nothing behind", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {}, 5);
  const fail = deciding(() => {
    throw new RangeError("the sampler broke");
  });
  await expect(advanceSweep(db, sweep.id, fail)).rejects.toThrow("the sampler broke");
  const plan = planOf({ data: { dataset: "missing" } });
  const missing = deciding((input) => ({ points: newPoints(input, [{}], plan), unfinished: 1 }));
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
  expect(await advanceSweep(db, sweep.id, addTwo)).toMatchObject({ created: [], ended: false });
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
