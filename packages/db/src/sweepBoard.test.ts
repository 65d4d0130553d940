import {
  BAND_QUANTILES,
  BestSoFar,
  CurveBands,
  MOST_IMPROVEMENTS,
  newId,
  type Objective,
  RunState,
  SweepColumns,
  SweepTimeline,
} from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { bestSoFar } from "./bestSoFar.js";
import { finishRun } from "./finishRun.js";
import { patchRun } from "./patchRun.js";
import { retryRun } from "./runActions.js";
import { sweepColumns } from "./sweepColumns.js";
import { sweepCurveBands } from "./sweepCurveBands.js";
import { sweepTimeline } from "./sweepTimeline.js";
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

const stateOf = (state: RunState) => RunState.options.indexOf(state);
const BANDS = { metric: "val_accuracy", x: "epoch", lines: 10 } as const;

/** Four runs: completed after 2 epochs, pruned after 1, running at epoch 1, and queued. */
async function mixedSweep() {
  const { db } = database;
  const sweep = await addSweep(db, projectId, {
    space: {
      x: { type: "float", low: 0, high: 1 },
      kind: { type: "categorical", choices: ["a", "b"] },
    },
  });
  const ids = await addSweepRuns(db, sweep.id, [
    { x: 0.123456789, kind: "a" },
    { x: 1, kind: "b" },
    { x: 0.5, kind: "no longer a choice" },
    { x: 0.25 },
  ]);
  const [first = "", second = "", third = ""] = ids;
  const completed = await claim(db, first, workerId);
  await report(db, completed, 1, 0.5);
  await report(db, completed, 2, 0.75);
  await finishRun(db, { runId: first, attempt: completed.attempt }, completedWith(0.75));
  const pruned = await claim(db, second, workerId, { slot: 1 });
  await report(db, pruned, 1, Number.NaN);
  await finishRun(db, { runId: second, attempt: pruned.attempt }, { kind: "pruned", reason: "x" });
  const running = await claim(db, third, workerId);
  await report(db, running, 1, 0.25);
  return { sweep, ids };
}

describe("a sweep's columns", () => {
  test("hold every run, whatever its state", async () => {
    const { sweep } = await mixedSweep();
    const columns = await sweepColumns(database.db, projectId, sweep.id);
    expect(SweepColumns.parse(columns)).toEqual(columns);
    expect(columns).toEqual({
      total: 4,
      numbers: [1, 1, 1, 1],
      states: (["completed", "pruned", "running", "queued"] as const).map(stateOf),
      objectives: [0.75, null, 0.25, null],
      epochs: [2, 1, 1, 0],
      excluded: [],
      params: {
        x: { kind: "numbers", values: [0.12346, 1, 0.5, 0.25] },
        kind: {
          kind: "choices",
          choices: ["a", "b", "no longer a choice"],
          at: [0, 1, 2, null],
        },
      },
      metrics: {},
    });
  });

  test("hold only what a filter lets through, and say of how many", async () => {
    const { sweep, ids } = await mixedSweep();
    await patchRun(database.db, projectId, ids[2] ?? "", "ann", { excluded: "too warm" });
    const columns = await sweepColumns(database.db, projectId, sweep.id, "params.x >= 0.5");
    expect(columns).toMatchObject({ total: 4, numbers: [2, 1], excluded: [3] });
    await expect(sweepColumns(database.db, projectId, sweep.id, "params.x >")).rejects.toThrow(
      "can't be read",
    );
  });

  test("are empty columns of an empty sweep, and none of a sweep that is not there", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    const columns = await sweepColumns(db, projectId, sweep.id);
    expect(columns).toMatchObject({ total: 0, numbers: [], states: [], params: { x: {} } });
    await expect(sweepColumns(db, projectId, newId())).rejects.toThrow("no sweep");
  });
});

describe("a sweep's curves", () => {
  test("count runs that have ended and those that train", async () => {
    const { sweep } = await mixedSweep();
    const bands = await sweepCurveBands(database.db, projectId, sweep.id, BANDS);
    expect(CurveBands.parse(bands)).toEqual(bands);
    expect(bands).toMatchObject({ total: 4, measured: 3, x: [1, 2], counts: [2, 1] });
    const median = bands.quantiles[BAND_QUANTILES.indexOf(0.5)];
    expect(median).toEqual([0.375, 0.75]);
    expect(bands.lines).toEqual([
      { number: 1, state: "completed", objective: 0.75, x: [1, 2], values: [0.5, 0.75] },
      { number: 2, state: "pruned", objective: null, x: [1], values: [null] },
      { number: 3, state: "running", objective: 0.25, x: [1], values: [0.25] },
    ]);
  });

  test("may be of those that fit a filter, over seconds, and without lines", async () => {
    const { sweep } = await mixedSweep();
    const bands = await sweepCurveBands(database.db, projectId, sweep.id, {
      ...BANDS,
      x: "time",
      lines: 0,
      filter: "state = completed",
    });
    expect(bands.measured).toBe(1);
    expect(bands.x[0]).toBe(0);
    expect(bands.lines).toEqual([]);
    expect(bands.counts.some((count) => count === 1)).toBe(true);
  });

  test("an excluded run is in no band, but is a line where it is asked for", async () => {
    const { sweep, ids } = await mixedSweep();
    await patchRun(database.db, projectId, ids[0] ?? "", "ann", { excluded: "wrong labels" });
    const query = { ...BANDS, numbers: [1] };
    const bands = await sweepCurveBands(database.db, projectId, sweep.id, query);
    expect(bands.counts).toEqual([1, 0]);
    expect(bands.lines.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test("a run that is retried is read as its points again, until it ends again", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0 }]);
    const run = await claim(db, id, workerId);
    await report(db, run, 1, 0.1);
    const failure = { kind: "failed", code: "x", message: "y", retryable: false } as const;
    await finishRun(db, { runId: id, attempt: run.attempt }, failure);
    await retryRun(db, projectId, id, "ann");
    const again = await claim(db, id, workerId);
    await report(db, again, 2, 0.2);
    const valuesNow = async () =>
      (await sweepCurveBands(db, projectId, sweep.id, BANDS)).lines[0]?.values;
    expect(await valuesNow()).toEqual([0.1, 0.2]);
    await finishRun(db, { runId: id, attempt: again.attempt }, completedWith(0.2));
    expect(await valuesNow()).toEqual([0.1, 0.2]);
  });

  test("values that four bytes can't hold are packed as zero or as an infinity", async () => {
    const { db } = database;
    const sweep = await addSweep(db, projectId);
    const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0 }]);
    const run = await claim(db, id, workerId);
    for (const [index, value] of [1e300, -1e300, 1e-300, Number.NaN].entries())
      await report(db, run, index + 1, value);
    await finishRun(db, { runId: id, attempt: run.attempt }, completedWith(0.2));
    const { lines } = await sweepCurveBands(db, projectId, sweep.id, BANDS);
    expect(lines[0]?.values).toEqual([null, null, 0, null]);
  });
});

test("a sweep's timeline says who trained what when, and how long it waited", async () => {
  const { sweep } = await mixedSweep();
  const timeline = await sweepTimeline(database.db, projectId, sweep.id);
  expect(SweepTimeline.parse(timeline)).toEqual(timeline);
  expect(timeline.lanes.map(({ slot }) => slot)).toEqual([0, 1]);
  expect(timeline.numbers).toEqual([1, 2, 3]);
  expect(timeline.lane).toEqual([0, 1, 0]);
  expect(timeline.end.map((end) => end === null)).toEqual([false, false, true]);
  expect(timeline.wait.every((wait) => wait !== null && wait >= 0)).toBe(true);

  const empty = await addSweep(database.db, projectId);
  expect(await sweepTimeline(database.db, projectId, empty.id)).toMatchObject({
    lanes: [],
    numbers: [],
    total: 0,
  });
});

describe("the best so far of a list's sweeps", () => {
  /** A sweep whose runs ended with these values, in turn. */
  async function endedSweep(
    values: readonly number[],
    settings: { readonly repeats?: number; readonly objective?: Objective } = {},
  ) {
    const { db } = database;
    const sweep = await addSweep(db, projectId, settings);
    const points = values.map(() => ({ x: 0.5 }));
    const ids = await addSweepRuns(db, sweep.id, points);
    const { repeats = 1 } = settings;
    for (const [index, value] of values.entries())
      await db.prisma.run.update({
        where: { id: ids[index] ?? "" },
        data: {
          state: "completed",
          objective: value,
          endedAt: new Date(),
          point: Math.floor(index / repeats) + 1,
        },
      });
    return { id: sweep.id, ids };
  }
  const read = async (...ids: string[]) => {
    const found = await bestSoFar(database.db, projectId, ids);
    for (const each of found) expect(BestSoFar.parse(each)).toEqual(each);
    return found;
  };

  test("has the runs that were better than all before, in either direction", async () => {
    const values = [0.5, 0.4, 0.5, 0.7, 0.6, 0.8];
    const up = await endedSweep(values);
    const down = await endedSweep(values, {
      objective: { metric: "val_loss", direction: "minimize" },
    });
    const found = await read(up.id, down.id);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({ sweepId: up.id, numbers: [1, 4, 6], values: [0.5, 0.7, 0.8] });
    expect(found).toContainEqual({ sweepId: down.id, numbers: [1, 2], values: [0.5, 0.4] });
    const excluded = "a bad seed";
    await patchRun(database.db, projectId, up.ids[5] ?? "", "a test", { excluded });
    expect(await read(up.id)).toMatchObject([{ numbers: [1, 4] }]);
  });

  test("of runs that repeat a point has the points' means", async () => {
    const { id } = await endedSweep([0.25, 0.75, 0.5, 1, 0.25, 0.5], { repeats: 2 });
    expect(await read(id)).toEqual([{ sweepId: id, numbers: [1, 3], values: [0.5, 0.75] }]);
  });

  test("is thinned out, and leaves out sweeps without one and of other projects", async () => {
    const many = Array.from({ length: 2 * MOST_IMPROVEMENTS + 1 }, (_, index) => index / 1000);
    const { id } = await endedSweep(many);
    const empty = await addSweep(database.db, projectId);
    const [found, ...others] = await read(id, empty.id, newId());
    expect(others).toEqual([]);
    expect(found?.numbers).toHaveLength(MOST_IMPROVEMENTS);
    expect(found?.numbers.at(-1)).toBe(many.length);
    expect(await bestSoFar(database.db, newId(), [id])).toEqual([]);
  });
});
