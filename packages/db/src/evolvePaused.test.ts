import type { Id } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { advanceSweep, type Decider } from "./advanceSweep.js";
import type { Evolve } from "./evolvePaused.js";
import { finishRun } from "./finishRun.js";
import { getRun } from "./listRuns.js";
import { pruningLog } from "./pruningLog.js";
import { recordPruning } from "./recordPruning.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  deciding,
  planOf,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: Id;
let workerId: Id;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

/** Two members that wait after one epoch, the first of them the better one. */
async function waitingPopulation() {
  const { db } = database;
  const sweep = await addSweep(db, projectId, { sampler: { name: "pbt" }, budget: { runs: 2 } });
  const ids = await addSweepRuns(db, sweep.id, [{ x: 0.1 }, { x: 0.9 }]);
  for (const [index, id] of ids.entries()) {
    const run = await claim(db, id, workerId);
    const value = 0.9 - index / 2;
    await report(db, run, 1, value);
    const own = { runId: id, attempt: run.attempt };
    const decision = {
      ...{ prune: false, pause: { rung: 0 }, rungs: [value] },
      ...{ resource: null, reason: { pruner: "pbt" } },
    };
    await recordPruning(db, own, {
      verdict: null,
      memory: { rungs: [value] },
      entry: {
        ...{ kind: "judged", number: index + 1, attempt: 1, step: 0, version: 1 },
        ...{ sweepName: sweep.name, resource: null, rungs: [], saw: null, decision },
      },
    });
    await finishRun(db, own, { kind: "paused_at_rung", rung: 0, reason: "waits" });
  }
  const [best = "", worst = ""] = ids;
  return { sweep, best, worst };
}

/** Nothing more to make; the second copies the first. */
const copying = (params: Record<string, string | number>): Decider => {
  const evolve: Evolve = (_sweep, _space, _options, members) =>
    members.map(({ number }) =>
      number === 1
        ? { number, from: null, params: null, reason: { why: "it is good" }, plan: null }
        : {
            number,
            from: 1,
            params,
            reason: { why: "it is not" },
            plan: planOf({ batch_size: 7 }),
          },
    );
  return { ...deciding(() => ({ points: [], unfinished: 2 })), evolve };
};

test("a copy takes over checkpoint, params and plan, and goes on from there", async () => {
  const { db } = database;
  const { sweep, best, worst } = await waitingPopulation();
  const { created } = await advanceSweep(db, sweep.id, copying({ x: 0.12 }));
  expect(created.map(({ runId }) => runId)).toEqual([best, worst]);
  expect(await getRun(db, projectId, worst)).toMatchObject({
    state: "queued",
    stateReason: "goes on from a copy of run 1: it is not",
    params: { x: 0.12 },
    plan: { batch_size: 7, data: { dataset: "shapes", version: 1 } },
  });
  const source = await db.prisma.artifact.findFirstOrThrow({ where: { runId: best } });
  const copy = await claim(db, worst, workerId);
  expect(copy.resume).toEqual({
    sha256: source.sha256,
    bytes: Number(source.bytes),
    epoch: 1,
    adopted: true,
  });
  await report(db, copy, 2);
  // From its own next checkpoint on it is no copy any more.
  expect(await db.prisma.artifact.findMany({ where: { runId: worst } })).toMatchObject([
    { epoch: 2, copiedFrom: null },
  ]);
  expect((await claim(db, best, workerId)).resume).toMatchObject({ adopted: false });
});

test("what dies in the middle of copying leaves the whole population as it was", async () => {
  const { db } = database;
  const { sweep, best, worst } = await waitingPopulation();
  const before = await pruningLog(db, sweep.id, { after: 0, limit: 100 });
  // PostgreSQL's JSON has no such character: the second member's update fails.
  const failing = advanceSweep(db, sweep.id, copying({ x: "\u0000" }));
  await expect(failing).rejects.toThrow();
  for (const id of [best, worst])
    expect(await getRun(db, projectId, id)).toMatchObject({
      state: "paused",
      stateReason: "waits",
    });
  expect(await pruningLog(db, sweep.id, { after: 0, limit: 100 })).toEqual(before);
  const { created } = await advanceSweep(db, sweep.id, copying({ x: 0.12 }));
  expect(created).toHaveLength(2);
});

test("nobody moves while a member trains", async () => {
  const { db } = database;
  const { sweep, best } = await waitingPopulation();
  await db.prisma.run.update({
    where: { id: best },
    data: { state: "queued", pausedRung: null, generation: 2 },
  });
  await claim(db, best, workerId);
  expect((await advanceSweep(db, sweep.id, copying({ x: 0.12 }))).created).toEqual([]);
});
