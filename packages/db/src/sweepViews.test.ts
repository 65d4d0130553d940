import { newId, type RunState, SweepView } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { bestRun } from "./bestRun.js";
import type { Db } from "./connect.js";
import { finishRun } from "./finishRun.js";
import { getSweep, listSweeps } from "./listSweeps.js";
import { patchRun } from "./patchRun.js";
import { sweepCurves } from "./sweepCurves.js";
import {
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
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

/** A sweep whose runs ended with these values of the objective, in this state. */
async function finishedSweep(
  ends: readonly (readonly [value: number, state?: RunState])[],
  objective = { metric: "val_accuracy", direction: "maximize" },
) {
  const { db } = database;
  const sweep = await addSweep(db, projectId, { objective });
  const ids = await addSweepRuns(
    db,
    sweep.id,
    ends.map((_, index) => ({ x: index / 10 })),
  );
  for (const [index, [value, state = "completed"]] of ends.entries()) {
    const id = ids[index] ?? "";
    const run = await claim(db, id, workerId);
    await report(db, run, 1, value);
    const owned = { runId: id, attempt: run.attempt };
    if (state === "completed") await finishRun(db, owned, completedWith(0.8));
    else if (state === "pruned") await finishRun(db, owned, { kind: "pruned", reason: "a test" });
  }
  return { sweep, ids };
}

describe("a sweep's view", () => {
  test("is what the contract says, with counts and progress", async () => {
    const { db } = database;
    const { sweep } = await finishedSweep([[0.5], [0.9, "pruned"], [0.6, "running"]]);
    await addSweepRuns(db, sweep.id, [{ x: 1 }]);
    const view = await getSweep(db, projectId, sweep.id);
    expect(SweepView.parse(view)).toEqual(view);
    expect(view.counts).toEqual({
      queued: 1,
      running: 1,
      paused: 0,
      completed: 1,
      pruned: 1,
      diverged: 0,
      failed: 0,
      cancelled: 0,
    });
    // Ended runs count what they finished, the others what they plan: 1 + 1 + 4 + 4.
    expect([view.epochsDone, view.epochsPlanned]).toEqual([3, 10]);
    expect(view.startedAt).not.toBeNull();
  });

  test("an empty sweep has zeros and no best", async () => {
    const view = await addSweep(database.db, projectId);
    expect(SweepView.parse(view)).toEqual(view);
    expect(view).toMatchObject({ best: null, epochsDone: 0, epochsPlanned: 0, startedAt: null });
  });

  test("the best is completed, finite, not excluded; the lowest number of equals", async () => {
    const { db } = database;
    const { sweep, ids } = await finishedSweep([
      [0.6],
      [0.8],
      [0.8],
      [0.95, "pruned"],
      [Number.NaN],
      [Number.POSITIVE_INFINITY],
      [0.9],
    ]);
    await patchRun(db, projectId, ids[6] ?? "", "ann", { excluded: "wrong labels" });
    const { best } = await getSweep(db, projectId, sweep.id);
    expect(best).toEqual({
      runId: ids[1],
      number: 2,
      point: null,
      name: "a sweep #2",
      params: { x: 0.1 },
      metric: "val_accuracy",
      value: 0.8,
      test: { accuracy: 0.8, f1Macro: 0.71, loss: 0.5 },
    });
    expect(await bestRun(db, projectId, { sweepId: sweep.id })).toEqual({
      ...best,
      ties: [ids[2]],
      passedOver: {
        excluded: 1,
        unsuccessful: 1,
        unfinished: 0,
        withoutMetric: 2,
        infeasible: 0,
        filtered: 0,
      },
    });

    await patchRun(db, projectId, ids[6] ?? "", "ann", { excluded: null });
    expect((await getSweep(db, projectId, sweep.id)).best?.number).toBe(7);
  });

  test("the best of a sweep that minimizes is the least", async () => {
    const objective = { metric: "val_accuracy", direction: "minimize" };
    const { sweep } = await finishedSweep([[0.6], [0.2], [Number.NEGATIVE_INFINITY]], objective);
    expect((await getSweep(database.db, projectId, sweep.id)).best?.value).toBe(0.2);
  });
});

describe("bestRun", () => {
  test("goes by any metric, direction and filter", async () => {
    const { db } = database;
    const { sweep } = await finishedSweep([[0.6], [0.8], [0.7]]);
    const best = (query: object) => bestRun(db, projectId, { sweepId: sweep.id, ...query });
    expect(await best({ direction: "minimize" })).toMatchObject({ number: 1, value: 0.6 });
    expect(await best({ filter: "params.x >= 0.15" })).toMatchObject({ number: 3, value: 0.7 });
    expect(await best({ metric: "test.accuracy" })).toMatchObject({ number: 1, value: 0.8 });
    expect(await best({ metric: "loss" })).toMatchObject({ metric: "loss", value: 1 });
    await expect(best({ metric: "no_such" })).rejects.toMatchObject({
      code: "not_found",
      message: "no completed run has a finite no_such yet",
    });
    await expect(best({ filter: "params.x > 5" })).rejects.toThrow("that the filter lets through");
    await expect(bestRun(db, newId(), { sweepId: sweep.id })).rejects.toThrow("no sweep");
  });
});

describe("lists", () => {
  test("page through all sweeps, newest first, with a total", async () => {
    const { db } = database;
    const { projectId: other } = await seedProject(db, "paging");
    const made = [];
    for (let index = 0; index < 7; index++) made.push((await addSweep(db, other)).id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listSweeps(db, other, { limit: 3, ...(cursor && { cursor }) });
      expect(page.total).toBe(7);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(made.reverse());
    expect(await listSweeps(db, other, { limit: 3, state: ["completed"] })).toEqual({
      items: [],
      nextCursor: null,
      total: 0,
    });
    await expect(listSweeps(db, other, { limit: 3, cursor: "x" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  test("a page of sweeps costs the same statements, however many there are", async () => {
    const { db } = database;
    const statements = async (limit: number) => {
      let count = 0;
      const prisma = new Proxy(db.prisma, {
        get(target, name, receiver) {
          if (name === "$queryRaw") count++;
          return Reflect.get(target, name, receiver);
        },
      });
      const counting: Db = Object.create(db, { prisma: { value: prisma } });
      const { items } = await listSweeps(counting, projectId, { limit });
      expect(items).toHaveLength(limit);
      return count;
    };
    expect(await statements(1)).toBe(await statements(4));
  });

  test("curves: the best runs when there are too many, or those asked for", async () => {
    const { db } = database;
    const { sweep, ids } = await finishedSweep([[0.6], [0.8], [0.7], [0.1]]);
    const numbers = async (query: object) => {
      const all = { metric: "val_accuracy", limit: 10, ...query };
      const curves = await sweepCurves(db, projectId, sweep.id, all);
      return curves.map(({ runId }) => ids.indexOf(runId) + 1);
    };
    expect(await numbers({})).toEqual([1, 2, 3, 4]);
    expect(await numbers({ limit: 2 })).toEqual([2, 3]);
    expect(await numbers({ runs: [ids[3], ids[0]] })).toEqual([1, 4]);
    expect(await numbers({ metric: "no_such" })).toEqual([]);
    await expect(
      sweepCurves(db, newId(), sweep.id, { metric: "loss", limit: 1 }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
