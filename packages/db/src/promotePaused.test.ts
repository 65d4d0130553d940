import type { Id } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { advanceSweep, type Decider } from "./advanceSweep.js";
import { finishRun } from "./finishRun.js";
import { getRun } from "./listRuns.js";
import { getSweep } from "./listSweeps.js";
import type { Promote } from "./promotePaused.js";
import { ownPruningCurve, rivalPruningCurves } from "./pruningCurves.js";
import { type JudgedEntry, recordPruning } from "./recordPruning.js";
import { resumeRun } from "./runActions.js";
import { pauseSweep, resumeSweep } from "./sweepActions.js";
import { addSweep, addSweepRuns, claim, report, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: Id;
let workerId: Id;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const PRUNER = { name: "asha", mode: "pause_and_promote" };

/** The log's entry of a decision; what it says beside is of no matter here. */
const judged = (changes: Partial<JudgedEntry>): JudgedEntry => ({
  kind: "judged",
  number: 1,
  attempt: 1,
  step: 0,
  version: 1,
  sweepName: "a sweep",
  resource: null,
  rungs: [],
  saw: null,
  decision: { prune: false, pause: null, rungs: null, resource: null, reason: {} },
  ...changes,
});

/** Trains each run for one epoch, at which it pauses at rung 0. */
async function pausedSweep(values: readonly number[]) {
  const { db } = database;
  const sweep = await addSweep(db, projectId, { pruner: PRUNER });
  const ids = await addSweepRuns(
    db,
    sweep.id,
    values.map((x) => ({ x })),
  );
  for (const [index, id] of ids.entries()) {
    const run = await claim(db, id, workerId);
    const value = values[index] ?? 0;
    await report(db, run, 1, value);
    const owned = { runId: id, attempt: run.attempt };
    await recordPruning(db, owned, {
      verdict: null,
      memory: { rungs: [value], reason: { rule: "paused_at_rung" } },
      entry: judged({ number: index + 1, attempt: run.attempt }),
    });
    const reason = "paused at rung 0 (epoch 1): 2nd of 2";
    const answer = await finishRun(db, owned, { kind: "paused_at_rung", rung: 0, reason });
    expect(answer).toMatchObject({ owned: true, state: "paused" });
  }
  return { sweep, ids };
}

const nothingMore = (promote: Promote, cancelQueued = false): Decider => ({
  known: () => null,
  forget: () => undefined,
  promote,
  evolve: () => [],
  decide: ({ log }) => {
    const ended = new Set(
      log.flatMap(({ entry }) =>
        entry.kind === "run" && !["running", "paused"].includes(entry.state) ? [entry.number] : [],
      ),
    );
    const asked = log.filter(({ entry }) => entry.kind === "ask").length;
    return {
      points: [],
      end: { reason: "enough", cancelQueued },
      unfinished: asked - ended.size,
    };
  },
});
const nobody: Promote = () => [];

test("a run that pauses at a rung releases its slot and keeps its checkpoint and its place", async () => {
  const { db } = database;
  const { ids } = await pausedSweep([0.4]);
  const [id = ""] = ids;
  const run = await getRun(db, projectId, id);
  expect(run).toMatchObject({
    state: "paused",
    stateReason: "paused at rung 0 (epoch 1): 2nd of 2",
    slot: null,
    workerName: null,
    endedAt: null,
  });
  const row = await db.prisma.run.findUniqueOrThrow({ where: { id } });
  expect(row).toMatchObject({
    rungs: [0.4],
    pausedRung: 0,
    prunerReason: { rule: "paused_at_rung" },
  });
  expect(await db.prisma.artifact.count({ where: { runId: id, kind: "checkpoint" } })).toBe(1);
});

test("a winner is queued again with its reason, and goes on from its checkpoint", async () => {
  const { db } = database;
  const { sweep, ids } = await pausedSweep([0.4, 0.9]);
  const second: Promote = (runs) => {
    expect(runs).toEqual([
      { number: 1, excluded: false, rungs: [0.4], steps: 4, pausedAtRung: 0 },
      { number: 2, excluded: false, rungs: [0.9], steps: 4, pausedAtRung: 0 },
    ]);
    return [{ number: 2, why: "1st of 2" }];
  };
  const { created, ended } = await advanceSweep(db, sweep.id, nothingMore(second));
  expect(created).toMatchObject([{ runId: ids[1], generation: 2 }]);
  expect(ended).toBe(false);
  expect(await getRun(db, projectId, ids[1] ?? "")).toMatchObject({
    state: "queued",
    stateReason: "promoted: 1st of 2",
  });
  const run = await claim(db, ids[1] ?? "", workerId);
  expect(run.resume?.epoch).toBe(1);
  const row = await db.prisma.run.findUniqueOrThrow({ where: { id: ids[1] ?? "" } });
  expect(row).toMatchObject({ rungs: [0.9], pausedRung: null, failures: 0 });
});

test("no more are promoted than the sweep's parallelism has room for", async () => {
  const { db } = database;
  const { sweep } = await pausedSweep([0.4, 0.9, 0.5]);
  await db.prisma.sweep.update({ where: { id: sweep.id }, data: { parallelism: 1 } });
  const all: Promote = (runs) => runs.map(({ number }) => ({ number, why: "" }));
  const { created } = await advanceSweep(db, sweep.id, nothingMore(all));
  expect(created).toHaveLength(1);
  expect((await advanceSweep(db, sweep.id, nothingMore(all))).created).toEqual([]);
});

test("a sweep ends only when nobody can be promoted: then the losers are pruned", async () => {
  const { db } = database;
  const { sweep, ids } = await pausedSweep([0.4, 0.9]);
  let chances = 0;
  const lastOnly: Promote = (_runs, _pruner, _objective, { lastChance }) => {
    if (lastChance) chances++;
    return [];
  };
  const { ended } = await advanceSweep(db, sweep.id, nothingMore(lastOnly));
  expect(ended).toBe(true);
  expect(chances).toBe(1);
  const runs = await Promise.all(ids.map((id) => getRun(db, projectId, id)));
  for (const { state, stateReason } of runs) {
    expect(state).toBe("pruned");
    expect(stateReason).toBe("pruned at rung 0 (epoch 1): 2nd of 2");
  }
  expect((await getSweep(db, projectId, sweep.id)).state).toBe("completed");
});

test("a sweep that has found what it wanted gives nobody a last chance", async () => {
  const { db } = database;
  const { sweep } = await pausedSweep([0.4, 0.9]);
  const never: Promote = (_runs, _pruner, _objective, { lastChance }) => {
    expect(lastChance).toBe(false);
    return [];
  };
  expect((await advanceSweep(db, sweep.id, nothingMore(never, true))).ended).toBe(true);
});

test("a paused and resumed sweep leaves its rungs as they are; a person may push a run on", async () => {
  const { db } = database;
  const { sweep, ids } = await pausedSweep([0.4, 0.9]);
  await pauseSweep(db, projectId, sweep.id, "tester");
  await resumeSweep(db, projectId, sweep.id, "tester");
  for (const id of ids) expect((await getRun(db, projectId, id)).state).toBe("paused");
  await resumeRun(db, projectId, ids[0] ?? "", "tester");
  const row = await db.prisma.run.findUniqueOrThrow({ where: { id: ids[0] ?? "" } });
  expect(row).toMatchObject({ state: "queued", pausedRung: null });
  expect((await advanceSweep(db, sweep.id, nothingMore(nobody))).ended).toBe(false);
});

test("an attempt that has been taken over records no rung", async () => {
  const { db } = database;
  const { ids } = await pausedSweep([0.4]);
  const [runId = ""] = ids;
  const memory = { rungs: [1, 2, 3], resource: 9 };
  const late = recordPruning(
    db,
    { runId, attempt: 1 },
    { verdict: null, memory, entry: judged({}) },
  );
  expect(await late).toBe("lost");
  const row = await db.prisma.run.findUniqueOrThrow({
    where: { id: runId },
    include: { sweep: true },
  });
  expect(row.rungs).toEqual([0.4]);
  expect(row.sweep?.prunerResource).toBeNull();
});

test("each kind of pruner is given what it reads, and no more", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  const [first = "", second = "", third = ""] = await addSweepRuns(
    db,
    sweep.id,
    [0.1, 0.2, 0.3].map((x) => ({ x })),
  );
  const end = async (id: Id, values: readonly number[]) => {
    const run = await claim(db, id, workerId);
    for (const [index, value] of values.entries()) await report(db, run, index + 1, value);
  };
  await end(first, [0.1, 0.2, 0.3]);
  await end(second, [0.5, 0.6]);
  await db.prisma.run.updateMany({
    where: { id: { in: [first, second] } },
    data: { state: "completed", endedAt: new Date(), leaseUntil: null },
  });
  await end(third, [0.4, Number.NaN]);

  const own = await ownPruningCurve(db, sweep.id, third);
  expect(own).toMatchObject({
    number: 3,
    sweepName: sweep.name,
    resource: null,
    steps: 4,
    rungs: [],
  });
  expect(own?.points).toEqual([
    { step: 0, value: 0.4 },
    { step: 1, value: Number.NaN },
  ]);
  const points = async (needs: Parameters<typeof rivalPruningCurves>[2], step: number) =>
    (await rivalPruningCurves(db, { sweepId: sweep.id, runId: third }, needs, step)).curves.map(
      (curve) => curve.points,
    );
  expect(await points("nothing", 1)).toEqual([]);
  expect(await points("completed_at_step", 2)).toEqual([[{ step: 2, value: 0.3 }], []]);
  expect(await points("best_completed", 1)).toEqual([
    [],
    [
      { step: 0, value: 0.5 },
      { step: 1, value: 0.6 },
    ],
  ]);
  expect(await points("rungs", 1)).toEqual([[{ step: 2, value: 0.3 }], [{ step: 1, value: 0.6 }]]);
});
