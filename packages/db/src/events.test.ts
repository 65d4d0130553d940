import type {} from "@sweepyard/local/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { currentCursor, type EventBatch, readEvents, recordEvent, trimEvents } from "./events.js";
import { finishRun } from "./finishRun.js";
import { patchRun } from "./patchRun.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  report,
  seedProject,
} from "./testFixture.js";
import { createTestDatabase, type TestDatabase } from "./testing.js";
import { workerBeat } from "./workers.js";

let database: TestDatabase;
let projectId: string;
let workerId: string;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const models = (events: EventBatch["events"]) =>
  events.map(({ event }) => ("model" in event ? event.model : event.type));
const modelChanged = (model: string) => ({ type: "model.changed", model }) as const;

test("a transaction that commits late loses no event, and keeps the order", async () => {
  const { db, url } = database;
  const start = await currentCursor(db);
  const late = new pg.Client({ connectionString: url });
  await late.connect();
  try {
    await late.query("begin");
    await late.query(`insert into events (project_id, data) values ($1, $2)`, [
      projectId,
      modelChanged("begun first"),
    ]);
    await recordEvent(db.prisma, projectId, modelChanged("committed first"));
    const before = await readEvents(db, projectId, start, 100);
    // The second is there, but the first may still come: both wait.
    expect(before.events).toEqual([]);
    await late.query("commit");
    const after = await readEvents(db, projectId, before.cursor, 100);
    expect(models(after.events)).toEqual(["begun first", "committed first"]);
    expect((await readEvents(db, projectId, after.cursor, 100)).events).toEqual([]);
  } finally {
    await late.end();
  }
});

test("a reader that goes on from any event's cursor gets all later ones, once", async () => {
  const { db } = database;
  const start = await currentCursor(db);
  for (const name of ["a", "b", "c", "d", "e"])
    await recordEvent(db.prisma, projectId, modelChanged(name));
  const all = await readEvents(db, projectId, start, 100);
  expect(models(all.events)).toEqual(["a", "b", "c", "d", "e"]);
  const rest = await readEvents(db, projectId, all.events[1]?.cursor ?? "", 100);
  expect(models(rest.events)).toEqual(["c", "d", "e"]);

  const pages: string[] = [];
  let cursor = start;
  let more = true;
  while (more) {
    const page: EventBatch = await readEvents(db, projectId, cursor, 2);
    pages.push(...models(page.events));
    ({ cursor, more } = page);
  }
  expect(pages).toEqual(["a", "b", "c", "d", "e"]);
});

test("events carry views as they are now, each row once, and only the project's own", async () => {
  const { db } = database;
  const { projectId: other } = await seedProject(db, "someone else");
  const start = await currentCursor(db);
  const sweep = await addSweep(db, projectId);
  const [id = ""] = await addSweepRuns(db, sweep.id, [{ x: 0.5 }]);
  await report(db, await claim(db, id, workerId), 1, Number.NaN);
  await patchRun(db, projectId, id, "ann", { note: "the last word" });
  await addRun(db, other);
  await workerBeat(db, workerId, [{ slot: 0, device: "cuda:0" }]);

  const { events } = await readEvents(db, projectId, start, 100);
  expect(events.map(({ event }) => event)).toMatchObject([
    { type: "sweep.changed", sweep: { id: sweep.id, counts: { running: 1, queued: 0 } } },
    {
      type: "run.epoch",
      runId: id,
      number: 1,
      sweepId: sweep.id,
      objective: null,
      row: { step: 1, values: { val_accuracy: null, loss: 1 } },
    },
    { type: "run.changed", run: { id, note: "the last word", state: "running" } },
    // A slot that trains tells the device that its engine found.
    { type: "worker.changed", worker: { slots: [{ slot: 0, device: "cpu", runId: id }] } },
  ]);
  const foreign = await readEvents(db, other, start, 100);
  expect(foreign.events.map(({ event }) => event)).toMatchObject([
    { type: "run.changed", run: { name: "run #1" } },
    { type: "worker.changed", worker: { slots: [{ runId: null, runName: null }] } },
  ]);
});

test("a change that is rolled back tells nobody", async () => {
  const { db } = database;
  const start = await currentCursor(db);
  await expect(
    db.prisma.$transaction(async (tx) => {
      await recordEvent(tx, projectId, modelChanged("never"));
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  expect((await readEvents(db, projectId, start, 100)).events).toEqual([]);
});

test("whoever was away while events were dropped is told of a gap, and nobody else", async () => {
  const { db } = database;
  const away = await currentCursor(db);
  await recordEvent(db.prisma, projectId, modelChanged("dropped"));
  await db.prisma.$executeRaw`update events set at = now() - interval '2 days'`;
  const here = await currentCursor(db);
  await recordEvent(db.prisma, projectId, modelChanged("kept"));
  await trimEvents(db, 24 * 3_600_000);

  expect(models((await readEvents(db, projectId, away, 100)).events)).toEqual(["gap", "kept"]);
  expect(models((await readEvents(db, projectId, here, 100)).events)).toEqual(["kept"]);
});

test("a cursor that is none of this database's starts anew with a gap", async () => {
  const { db } = database;
  for (const cursor of ["", "rubbish", "-1-2", "999999999999-1", "1-1; drop table events"]) {
    const { events, cursor: next } = await readEvents(db, projectId, cursor, 100);
    expect(models(events)).toEqual(["gap"]);
    expect((await readEvents(db, projectId, next, 100)).events).toEqual([]);
  }
  const now = await readEvents(db, projectId, null, 100);
  expect(now).toMatchObject({ events: [], more: false });
});

test("a run's end is told after its epochs, however late and piecemeal they are read", async () => {
  const { db } = database;
  const start = await currentCursor(db);
  const { id } = await addRun(db, projectId);
  const claimed = await claim(db, id, workerId);
  await report(db, claimed, 1);
  await report(db, claimed, 2);
  await finishRun(db, { runId: id, attempt: claimed.attempt }, completedWith(0.9));

  const told: string[] = [];
  let batch: EventBatch = { events: [], cursor: start, more: true };
  while (batch.more) {
    batch = await readEvents(db, projectId, batch.cursor, 1);
    for (const { event } of batch.events) {
      if (event.type === "run.changed" && event.run.id === id) told.push(event.run.state);
      if (event.type === "run.epoch" && event.runId === id) told.push(`epoch ${event.row.step}`);
    }
  }
  expect(told).toEqual(["epoch 1", "epoch 2", "completed"]);
});
