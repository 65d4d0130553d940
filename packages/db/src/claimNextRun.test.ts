import { newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { claimNextRun } from "./claimNextRun.js";
import type { Db } from "./connect.js";
import { finishRun } from "./finishRun.js";
import { getRun } from "./listRuns.js";
import { setProjectWeight } from "./projects.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  completedWith,
  createTestDatabase,
  seedProject,
} from "./testing.js";

let db: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ db, drop } = await createTestDatabase(inject("postgresUrl"), { pool: 12 }));
});
afterAll(() => drop());

const params = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ x: index / count }));

/** What a worker does with a job that names no waiting run. */
const claimNext = (workerId: string, slot = 0) =>
  claimNextRun(db, {
    runId: newId(),
    generation: 1,
    workerId,
    slot,
    device: "cpu",
    leaseMs: 60_000,
    maxAttempts: 5,
  });

async function emptyQueue(): Promise<void> {
  await db.prisma.run.deleteMany({});
}

test("a small sweep does not wait for a large one that came first", async () => {
  await emptyQueue();
  const { projectId, workerId } = await seedProject(db, newId());
  const large = await addSweep(db, projectId, { name: "large" });
  await addSweepRuns(db, large.id, params(60));
  const small = await addSweep(db, projectId, { name: "small" });
  await addSweepRuns(db, small.id, params(4));

  // One slot: they take turns.
  const turns: (string | null)[] = [];
  for (let run = 0; run < 8; run++) {
    const claimed = await claimNext(workerId);
    if (claimed === null) throw new Error("nothing was claimed");
    turns.push(claimed.sweepId);
    await finishRun(db, { runId: claimed.id, attempt: claimed.attempt }, completedWith());
  }
  expect(turns.filter((id) => id === small.id)).toHaveLength(4);
  expect((await claimNext(workerId))?.sweepId).toBe(large.id);
});

test("projects share slots alike, and so do the sweeps of each", async () => {
  await emptyQueue();
  const one = await seedProject(db, newId());
  const other = await seedProject(db, newId());
  const sweeps = await Promise.all(
    [one.projectId, one.projectId, one.projectId, other.projectId].map((id) => addSweep(db, id)),
  );
  for (const { id } of sweeps) await addSweepRuns(db, id, params(20));
  for (let slot = 0; slot < 12; slot++) await claimNext(one.workerId, slot);
  const running = await db.prisma.run.groupBy({
    by: ["sweepId"],
    where: { state: "running" },
    _count: true,
  });
  const counts = new Map(running.map(({ sweepId, _count }) => [sweepId, _count]));
  expect(sweeps.map(({ id }) => counts.get(id))).toEqual([2, 2, 2, 6]);
});

test("higher priority goes first, and a run without a sweep has its turn, too", async () => {
  await emptyQueue();
  const { projectId, workerId } = await seedProject(db, newId());
  const sweep = await addSweep(db, projectId);
  await addSweepRuns(db, sweep.id, params(5));
  const single = await addRun(db, projectId);
  const urgent = await addSweep(db, projectId, { priority: 90 });
  const [first] = await addSweepRuns(db, urgent.id, params(1));
  expect((await claimNext(workerId))?.id).toBe(first);
  const next = [await claimNext(workerId), await claimNext(workerId)];
  expect(next.map((run) => run?.id)).toContain(single.id);
});

test("claims at one time never pass a sweep's parallelism, and its waiting runs say why they wait", async () => {
  await emptyQueue();
  const { projectId, workerId } = await seedProject(db, newId());
  const sweep = await addSweep(db, projectId, { parallelism: 3 });
  const ids = await addSweepRuns(db, sweep.id, params(10));
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, slot) => claimNext(workerId, slot)),
  );
  const claimed = claims.flatMap((run) => run ?? []);
  expect(new Set(claimed.map(({ id }) => id)).size).toBe(3);
  const waiting = ids.find((id) => claimed.every((run) => run.id !== id)) ?? "";
  expect(await getRun(db, projectId, waiting)).toMatchObject({
    state: "queued",
    waitReason: "its sweep's parallelism of 3 is used up",
  });
  const [done] = claimed;
  if (done === undefined) throw new Error("nothing was claimed");
  await finishRun(db, { runId: done.id, attempt: done.attempt }, completedWith());
  expect(await claimNext(workerId)).not.toBeNull();
  expect(await claimNext(workerId)).toBeNull();
});

const running = async () => {
  const rows = await db.prisma.run.groupBy({
    by: ["sweepId"],
    where: { state: "running" },
    _count: true,
  });
  return new Map(rows.map(({ sweepId, _count }) => [sweepId, _count]));
};

test("a sweep of twice the weight has twice the slots, as runs end and after an edit", async () => {
  await emptyQueue();
  const { projectId, workerId } = await seedProject(db, newId());
  const heavy = await addSweep(db, projectId, { weight: 2 });
  const light = await addSweep(db, projectId);
  for (const { id } of [heavy, light]) await addSweepRuns(db, id, params(40));
  const SLOTS = 6;
  for (let slot = 0; slot < SLOTS; slot++) await claimNext(workerId, slot);
  expect(await running()).toEqual(
    new Map([
      [heavy.id, 4],
      [light.id, 2],
    ]),
  );
  // Whichever run ends, its slot goes where the share is short.
  for (let end = 0; end < 12; end++) {
    const { id, attempt } = await db.prisma.run.findFirstOrThrow({
      where: { state: "running" },
      orderBy: { number: end % 2 === 0 ? "asc" : "desc" },
    });
    await finishRun(db, { runId: id, attempt }, completedWith());
    await claimNext(workerId);
    expect(await running()).toEqual(
      new Map([
        [heavy.id, 4],
        [light.id, 2],
      ]),
    );
  }
  await db.prisma.sweep.update({ where: { id: light.id }, data: { weight: 4 } });
  for (let slot = 0; slot < SLOTS; slot++) await claimNext(workerId, slot);
  expect(await running()).toEqual(
    new Map([
      [heavy.id, 4],
      [light.id, 8],
    ]),
  );
});

test("projects have weights, and a priority goes before any weight", async () => {
  await emptyQueue();
  const one = await seedProject(db, newId());
  const other = await seedProject(db, newId());
  const { name } = await db.prisma.project.findUniqueOrThrow({ where: { id: one.projectId } });
  await setProjectWeight(db, name, 3);
  await expect(setProjectWeight(db, "nobody's", 3)).rejects.toMatchObject({ code: "not_found" });
  const heavy = await addSweep(db, one.projectId);
  const light = await addSweep(db, other.projectId, { weight: 50 }); // within its project alone
  const urgent = await addSweep(db, other.projectId, { priority: 60, weight: 0.5 });
  for (const { id } of [heavy, light]) await addSweepRuns(db, id, params(20));
  await addSweepRuns(db, urgent.id, params(2));
  for (let slot = 0; slot < 8; slot++) await claimNext(one.workerId, slot);
  expect(await running()).toEqual(
    new Map([
      [urgent.id, 2],
      [heavy.id, 6],
    ]),
  );
  for (let slot = 0; slot < 4; slot++) await claimNext(one.workerId, slot);
  expect(await running()).toEqual(
    new Map([
      [urgent.id, 2],
      [heavy.id, 9],
      [light.id, 1],
    ]),
  );
});
