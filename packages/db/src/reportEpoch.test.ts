import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { getRun } from "./listRuns.js";
import { ownPruningCurve, rivalPruningCurves } from "./pruningCurves.js";
import { runArtifacts, runMetrics } from "./runDetails.js";
import { sweepCurves } from "./sweepCurves.js";
import { addSweep, addSweepRuns, claim, fakeFile, report, seedProject } from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const claimOne = async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.5 }]);
  return { sweep, id, run: await claim(db, id, workerId) };
};

test("an epoch is stored as points, summary and checkpoint", async () => {
  const { db } = database;
  const { sweep, id, run } = await claimOne();
  expect(await report(db, run, 1, 0.25)).toEqual({ owned: true, objective: 0.25, prunes: false });
  expect(await report(db, run, 2, 0.5)).toEqual({ owned: true, objective: 0.5, prunes: false });

  expect(await getRun(db, projectId, id)).toMatchObject({
    epoch: 2,
    epochs: 4,
    objective: 0.5,
    metrics: { loss: 0.5, val_accuracy: 0.5, epoch_seconds: 1, samples_per_second: 100 },
  });
  const rows = await runMetrics(db, projectId, id);
  expect(rows.map(({ step, values }) => [step, values.val_accuracy])).toEqual([
    [1, 0.25],
    [2, 0.5],
  ]);
  const artifacts = await runArtifacts(db, projectId, id);
  expect(artifacts).toMatchObject([
    { kind: "checkpoint", ...fakeFile(`${id} attempt 1 epoch 2`), fileName: "epoch-2.safetensors" },
  ]);
  expect(await sweepCurves(db, projectId, sweep.id, { metric: "loss", limit: 10 })).toEqual([
    { runId: id, metric: "loss", steps: [1, 2], values: [1, 0.5] },
  ]);
});

test("NaN and the infinities are kept as points, and shown as null", async () => {
  const { db } = database;
  const { sweep, id, run } = await claimOne();
  const metrics = { loss: Number.POSITIVE_INFINITY, val_loss: Number.NEGATIVE_INFINITY };
  await report(db, run, 1, 0.5);
  const answer = await report(db, run, 2, 0, {
    metrics: { ...metrics, val_accuracy: Number.NaN, learning_rate: undefined },
  });
  expect(answer).toEqual({ owned: true, objective: Number.NaN, prunes: false });

  const points = await db.prisma.metricPoint.findMany({ where: { runId: id, step: 2 } });
  const stored = Object.fromEntries(points.map(({ name, value }) => [name, value]));
  expect(stored).toEqual({
    ...metrics,
    val_accuracy: Number.NaN,
    epoch_seconds: 1,
    samples_per_second: 100,
  });
  expect(await getRun(db, projectId, id)).toMatchObject({
    objective: null,
    metrics: { loss: null, val_loss: null, val_accuracy: null },
  });
  const [, second] = await runMetrics(db, projectId, id);
  expect(second?.values).toMatchObject({ loss: null, val_loss: null, val_accuracy: null });
  const query = { metric: "val_accuracy", limit: 10 };
  expect(await sweepCurves(db, projectId, sweep.id, query)).toMatchObject([
    { steps: [1, 2], values: [0.5, null] },
  ]);
  expect((await ownPruningCurve(db, sweep.id, id))?.points).toEqual([
    { step: 0, value: 0.5 },
    { step: 1, value: Number.NaN },
  ]);
});

test("doubles come back to the bit", async () => {
  const { db } = database;
  const { id, run } = await claimOne();
  const values = { a: 0.1 + 0.2, b: 5e-324, c: 1.7976931348623157e308, d: -1e-300, e: 1 / 3 };
  await report(db, run, 1, 0.1234567890123456, { metrics: values });
  const points = await db.prisma.metricPoint.findMany({ where: { runId: id } });
  for (const [name, value] of Object.entries(values))
    expect(points.find((point) => point.name === name)?.value).toBe(value);
});

test("an epoch that is recorded already changes nothing", async () => {
  const { db } = database;
  const { id, run } = await claimOne();
  await report(db, run, 1, 0.25);
  const events = await db.prisma.event.count();
  expect(await report(db, run, 1, 0.75)).toMatchObject({ owned: true });
  expect((await runMetrics(db, projectId, id))[0]?.values.val_accuracy).toBe(0.25);
  expect(await db.prisma.event.count()).toBe(events);
});

test("parallel reports of all runs are all recorded, once each", async () => {
  const { db } = database;
  const sweep = await addSweep(db, projectId);
  const ids = await addSweepRuns(
    db,
    sweep.id,
    Array.from({ length: 8 }, (_, index) => ({ x: index / 8 })),
  );
  const runs = await Promise.all(ids.map((id) => claim(db, id, workerId)));
  await Promise.all(
    runs.map(async (run) => {
      for (const epoch of [1, 2, 3]) await report(db, run, epoch);
    }),
  );
  const counted = await db.prisma.metricPoint.count({
    where: { runId: { in: ids }, name: "val_accuracy" },
  });
  expect(counted).toBe(24);
  const [runId = ""] = ids;
  expect((await ownPruningCurve(db, sweep.id, runId))?.points).toHaveLength(3);
  const { curves } = await rivalPruningCurves(db, { sweepId: sweep.id, runId }, "rungs", 2);
  expect(curves.map(({ number }) => number)).toEqual([2, 3, 4, 5, 6, 7, 8]);
});
