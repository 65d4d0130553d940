import { AppError, newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { claimRun } from "./claimRun.js";
import { finishRun } from "./finishRun.js";
import { heartbeat } from "./heartbeat.js";
import { getRun } from "./listRuns.js";
import { requestCancel, requestPause, resumeRun, retryRun } from "./runActions.js";
import { runAttempts, runMetrics } from "./runDetails.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  expireLease,
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

const request = (runId: string, generation = 1) => ({
  runId,
  generation,
  workerId,
  slot: 0,
  device: "cpu",
  leaseMs: 60_000,
  maxAttempts: 5,
});

describe("claiming", () => {
  test("one of twenty parallel claims wins", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => claimRun(db, request(run.id))),
    );
    const won = claims.filter((claimed) => claimed !== null);
    expect(won).toHaveLength(1);
    expect(won[0]).toMatchObject({ id: run.id, attempt: 1, generation: 1 });
    expect(won[0]?.resume).toBeUndefined();
    expect(await runAttempts(db, projectId, run.id)).toHaveLength(1);
    expect(await getRun(db, projectId, run.id)).toMatchObject({
      state: "running",
      attempt: 1,
      slot: 0,
      workerName: "worker of tests",
    });
  });

  test("one of twenty parallel take-overs of an expired lease wins", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    await claim(db, run.id, workerId);
    await expireLease(db, run.id);
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => claimRun(db, request(run.id))),
    );
    expect(claims.filter((claimed) => claimed !== null).map((won) => won?.attempt)).toEqual([2]);
    const attempts = await runAttempts(db, projectId, run.id);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["lost", null]);
  });

  test("a job of an older generation is refused, one of the present is taken", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    await requestPause(db, projectId, run.id, "ann");
    await resumeRun(db, projectId, run.id, "ann");
    expect(await claimRun(db, request(run.id, 1))).toBeNull();
    expect(await claimRun(db, request(run.id, 2))).toMatchObject({ attempt: 1, generation: 2 });
  });

  test("a run that is unknown, cancelled or finished is not claimed", async () => {
    const { db } = database;
    expect(await claimRun(db, request(newId()))).toBeNull();
    const run = await addRun(db, projectId);
    await requestCancel(db, projectId, run.id, "ann");
    expect(await claimRun(db, request(run.id))).toBeNull();
  });

  test("a sweep's run comes with its params, plan and data set", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.5 }]);
    expect(await claim(db, id, workerId)).toMatchObject({
      sweepId: sweep.id,
      params: { x: 0.5 },
      dataset: { classNames: ["round", "square"] },
      plan: { data: { dataset: "shapes", version: 1 } },
    });
  });
});

describe("resuming", () => {
  test("goes on from the last checkpoint, and later points of the lost attempt are dropped", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.1 }]);
    const first = await claim(db, id, workerId);
    for (const epoch of [1, 2, 3]) await report(db, first, epoch);
    // The checkpoint of epoch 3 went missing, so that points reach further than it does.
    await db.prisma.artifact.updateMany({ where: { runId: id }, data: { epoch: 2 } });
    await expireLease(db, id);

    const second = await claim(db, id, workerId);
    expect(second).toMatchObject({ attempt: 2, resume: { epoch: 2 } });
    expect((await runMetrics(db, projectId, id)).map(({ step }) => step)).toEqual([1, 2]);
    expect(await getRun(db, projectId, id)).toMatchObject({
      epoch: 2,
      objective: 0.2,
      metrics: { val_accuracy: 0.2, loss: 0.5 },
      stateReason: "attempt 2, from epoch 2",
    });

    await report(db, second, 3, 0.9);
    const points = await db.prisma.metricPoint.findMany({
      where: { runId: id, name: "val_accuracy" },
      orderBy: { step: "asc" },
    });
    expect(points.map(({ step, attempt, value }) => [step, attempt, value])).toEqual([
      [1, 1, 0.1],
      [2, 1, 0.2],
      [3, 2, 0.9],
    ]);
    const attempts = await runAttempts(db, projectId, id);
    expect(attempts.map(({ fromEpoch }) => fromEpoch)).toEqual([0, 2]);
  });

  test("without a checkpoint it starts from nothing", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    await report(db, await claim(db, run.id, workerId), 1);
    await db.prisma.artifact.deleteMany({ where: { runId: run.id } });
    await expireLease(db, run.id);
    expect((await claim(db, run.id, workerId)).resume).toBeUndefined();
    expect(await runMetrics(db, projectId, run.id)).toEqual([]);
    expect(await getRun(db, projectId, run.id)).toMatchObject({ epoch: 0, metrics: {} });
  });
});

describe("ending instead", () => {
  test("a run whose attempts are used up becomes failed; a retry starts the count again", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    for (let attempt = 1; attempt <= 2; attempt++) {
      await claim(db, run.id, workerId, { maxAttempts: 2 });
      await expireLease(db, run.id);
    }
    expect(await claimRun(db, { ...request(run.id), maxAttempts: 2 })).toBeNull();
    const failed = await getRun(db, projectId, run.id);
    expect(failed).toMatchObject({ state: "failed", attempt: 2, error: { code: "worker_lost" } });
    expect(failed.stateReason).toContain("all attempts are used up");
    expect(failed.endedAt).not.toBeNull();

    await retryRun(db, projectId, run.id, "ann");
    expect(await claim(db, run.id, workerId, { maxAttempts: 2 })).toMatchObject({ attempt: 3 });
    expect((await getRun(db, projectId, run.id)).error).toBeNull();
  });

  test("pauses and hand-backs cost no attempt", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await claim(db, run.id, workerId, { maxAttempts: 1 });
      const reason = "the worker stops";
      await finishRun(db, { runId: run.id, attempt }, { kind: "handed_back", reason });
    }
    expect(await claim(db, run.id, workerId, { maxAttempts: 1 })).toMatchObject({ attempt: 4 });
  });

  test("a cancel that the lost worker never heard of is obeyed at the take-over", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    await claim(db, run.id, workerId);
    await requestCancel(db, projectId, run.id, "ann");
    await expireLease(db, run.id);
    expect(await claimRun(db, request(run.id))).toBeNull();
    expect(await getRun(db, projectId, run.id)).toMatchObject({
      state: "cancelled",
      stateReason: "cancelled by ann",
    });
  });
});

describe("heartbeat", () => {
  test("answers for each slot, carries commands, and renews what is still owned", async () => {
    const { db } = database;
    const [mine, lost, asked] = [
      await addRun(db, projectId),
      await addRun(db, projectId),
      await addRun(db, projectId),
    ];
    const owned = [];
    for (const { id } of [mine, lost, asked]) {
      const { attempt } = await claim(db, id, workerId, { leaseMs: 1 });
      owned.push({ runId: id, attempt });
    }
    await expireLease(db, lost.id);
    await claim(db, lost.id, workerId);
    await requestPause(db, projectId, asked.id, "ann");

    const answers = await heartbeat(db, owned, 3_600_000);
    expect(answers).toEqual([
      { runId: mine.id, attempt: 1, owned: true, command: null },
      { runId: lost.id, attempt: 1, owned: false, command: null },
      { runId: asked.id, attempt: 1, owned: true, command: "pause" },
    ]);
    // The lease of 1 ms had run out, and was given again.
    expect(await claimRun(db, request(mine.id))).toBeNull();
  });

  test("a resume before the pause was heard takes the command back", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    const { attempt } = await claim(db, run.id, workerId);
    await requestPause(db, projectId, run.id, "ann");
    await resumeRun(db, projectId, run.id, "ann");
    const [answer] = await heartbeat(db, [{ runId: run.id, attempt }], 60_000);
    expect(answer).toMatchObject({ owned: true, command: null });
  });

  test("actions that make no sense are conflicts", async () => {
    const { db } = database;
    const run = await addRun(db, projectId);
    await expect(retryRun(db, projectId, run.id, "ann")).rejects.toThrow(AppError);
    await expect(retryRun(db, projectId, run.id, "ann")).rejects.toThrow(
      "cannot retry a run that is queued: it must be failed or cancelled",
    );
    await expect(requestCancel(db, newId(), run.id, "ann")).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

test("a claim that had to wait for the row gets its whole lease nevertheless", async () => {
  const { db, url } = database;
  const { id } = await addRun(db, projectId);
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("select 1 from runs where id = $1 for update", [id]);
    const claimed = claim(db, id, workerId, { leaseMs: 60_000 });
    await expect
      .poll(async () => {
        const waiting = await db.prisma.$queryRaw<{ n: number }[]>`
          select count(*)::int as n from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`;
        return waiting[0]?.n;
      })
      .toBe(1);
    const held = await holder.query("select pg_sleep(0.5), clock_timestamp() as until");
    await holder.query("commit");
    await claimed;
    const { leaseUntil } = await db.prisma.run.findUniqueOrThrow({ where: { id } });
    expect(leaseUntil?.getTime()).toBeGreaterThanOrEqual(held.rows[0].until.getTime() + 60_000);
  } finally {
    await holder.end();
  }
});
