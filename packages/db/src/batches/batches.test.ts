import { CHUNK_ITEMS, type Id, newId, packPredictions } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { currentCursor, readEvents } from "../events.js";
import { reconcile } from "../reconcile.js";
import { collect, fakeFile, seedProject } from "../testFixture.js";
import { createTestDatabase, type TestDatabase } from "../testing.js";
import { cancelBatch, deleteBatch, retryBatch } from "./batchActions.js";
import { batchResults } from "./batchResults.js";
import { getBatch, listBatches } from "./batchView.js";
import { beatChunk, type ClaimedChunk, claimChunk } from "./claimChunk.js";
import { createBatch } from "./createBatch.js";
import { type ChunkOutcome, finishChunk } from "./finishChunk.js";
import { waitingChunks } from "./waitingChunks.js";

let database: TestDatabase;
let projectId: Id;
let workerId: Id;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  ({ projectId, workerId } = await seedProject(database.db));
});
afterAll(() => database?.drop());

const SIZE = CHUNK_ITEMS.pictures;
const model = {
  model: "clothes",
  version: 3,
  runId: newId(),
  artifactId: newId(),
  sha256: fakeFile("model").sha256,
  classNames: ["round", "square"] as string[],
  task: "classification",
  inputShape: [2, 2],
} as const;

/** A batch of pictures named 0.png, 1.png…, in as many chunks as they need. */
const addBatch = (pictures: number, priority = 50) =>
  createBatch(database.db, projectId, "tester", {
    model,
    input: {
      kind: "pictures",
      file: fakeFile(`pictures ${newId()}`),
      items: Array.from({ length: pictures }, (_, at) => [`${at}.png`, at * 10, 10] as const),
    },
    name: "",
    top_k: 2,
    priority,
  });

const claim = async (batchId: Id, chunk: number, leaseMs = 60_000): Promise<ClaimedChunk> => {
  const [job] = (await waitingChunks(database.db, { batchId })).filter(
    (waiting) => waiting.chunk === chunk,
  );
  if (job === undefined) throw new Error(`chunk ${chunk} does not wait`);
  const claimed = await claimChunk(database.db, { ...job, workerId, leaseMs });
  if (claimed === null) throw new Error(`chunk ${chunk} could not be claimed`);
  return claimed;
};

/** Every item is "square" but the first of the chunk, which can't be read. */
const done = ({ count }: ClaimedChunk): ChunkOutcome => ({
  kind: "done",
  results: packPredictions(
    Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 0.25 : 0.75)),
    { classNames: model.classNames, task: "classification" },
    2,
    new Set([0]),
  ),
  failures: [{ at: 0, reason: "no picture" }],
});

const failed = { kind: "failed", reason: "it broke", maxAttempts: 2 } as const;

const linesOf = async (id: Id, query: { from?: number; limit?: number; failed?: boolean } = {}) =>
  (
    await collect(batchResults(database.db, projectId, id, { from: 0, failed: false, ...query }))
  ).flat();

describe("a batch", () => {
  test("is done chunk by chunk, and each item has one result", async () => {
    const { db } = database;
    const { id } = await addBatch(SIZE + 2);
    expect(await getBatch(db, projectId, id)).toMatchObject({
      ...{ state: "queued", items: SIZE + 2, done: 0, model: "clothes", version: 3 },
    });
    const second = await claim(id, 1);
    expect(second).toMatchObject({ first: SIZE, count: 2, attempt: 1 });
    expect(second.items).toEqual([
      [`${SIZE}.png`, SIZE * 10, 10],
      [`${SIZE + 1}.png`, (SIZE + 1) * 10, 10],
    ]);
    expect(await finishChunk(db, second, done(second))).toBe(true);
    expect(await getBatch(db, projectId, id)).toMatchObject({
      state: "running",
      done: 2,
      failed: 1,
    });
    expect((await linesOf(id)).map(({ item }) => item)).toEqual([`${SIZE}.png`, `${SIZE + 1}.png`]);
    const first = await claim(id, 0);
    await finishChunk(db, first, done(first));
    expect(await getBatch(db, projectId, id)).toMatchObject({
      ...{ state: "completed", done: SIZE + 2, failed: 2 },
    });
    const lines = await linesOf(id);
    expect(lines.map(({ index }) => index)).toEqual([...Array(SIZE + 2).keys()]);
    expect(lines[0]).toEqual({ index: 0, item: "0.png", error: "no picture" });
    expect(lines[1]?.predictions?.[0]).toEqual({ label: 1, name: "square", probability: 0.75 });
  });

  test("is read in parts: from an item on, so many, or only failures", async () => {
    const { id } = await addBatch(SIZE + 2);
    for (const chunk of [0, 1]) {
      const claimed = await claim(id, chunk);
      await finishChunk(database.db, claimed, done(claimed));
    }
    const indexes = async (query: Parameters<typeof linesOf>[1]) =>
      (await linesOf(id, query)).map(({ index }) => index);
    expect(await indexes({ from: SIZE - 1, limit: 3 })).toEqual([SIZE - 1, SIZE, SIZE + 1]);
    expect(await indexes({ failed: true })).toEqual([0, SIZE]);
    expect(await indexes({ failed: true, limit: 1 })).toEqual([0]);
    expect(await indexes({ from: 1_000 })).toEqual([]);
  });

  test("tells each change as an event, with its present state", async () => {
    const { db } = database;
    const cursor = await currentCursor(db);
    const { id } = await addBatch(1);
    const claimed = await claim(id, 0);
    await finishChunk(db, claimed, done(claimed));
    const { events } = await readEvents(db, projectId, cursor, 100);
    expect(events.map(({ event }) => event)).toEqual([
      { type: "batch.changed", batch: await getBatch(db, projectId, id) },
    ]);
  });

  test("is listed newest first, by page, model and state", async () => {
    const { db } = database;
    const page = await listBatches(db, projectId, { limit: 2, state: ["completed"] });
    expect(page.items).toHaveLength(2);
    const next = await listBatches(db, projectId, {
      ...{ limit: 2, state: ["completed"], cursor: page.nextCursor ?? "" },
    });
    const ids = [...page.items, ...next.items].map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().reverse());
    expect(new Set(ids).size).toBe(page.total);
    expect((await listBatches(db, projectId, { limit: 9, model: "other" })).items).toEqual([]);
  });
});

describe("a chunk", () => {
  test("is held by one attempt; an older one changes nothing", async () => {
    const { db } = database;
    const { id } = await addBatch(3);
    const [job] = await waitingChunks(db, { batchId: id });
    const stale = await claim(id, 0, 0);
    // Delivered twice: the second finds it held.
    expect(await claimChunk(db, { ...stale, generation: 1, workerId, leaseMs: 1_000 })).toBeNull();
    const { lostChunks } = await reconcile(db, { leaseGraceMs: 0 });
    expect(lostChunks).toMatchObject([{ batchId: id, chunk: 0, attempt: 1 }]);
    if (job !== undefined) {
      // The old job may still be delivered: its generation is outdated.
      expect(await claimChunk(db, { ...job, workerId, leaseMs: 1_000 })).toBeNull();
    }
    const fresh = await claim(id, 0);
    expect(fresh.attempt).toBe(2);
    expect(await beatChunk(db, stale, 1_000)).toBe(false);
    for (const outcome of [done(stale), failed, { kind: "handed_back" } as const])
      expect(await finishChunk(db, stale, outcome)).toBe(false);
    expect(await beatChunk(db, fresh, 1_000)).toBe(true);
    expect(await finishChunk(db, fresh, done(fresh))).toBe(true);
    expect(await finishChunk(db, fresh, done(fresh))).toBe(false);
    expect(await getBatch(db, projectId, id)).toMatchObject({ done: 3, failed: 1 });
  });

  test("whose attempts are used up fails the batch, not the other chunks; retry goes on", async () => {
    const { db } = database;
    const { id } = await addBatch(SIZE + 1);
    await finishChunk(db, await claim(id, 0), failed);
    await finishChunk(db, await claim(id, 0), failed);
    expect(await getBatch(db, projectId, id)).toMatchObject({ state: "running" });
    const last = await claim(id, 1);
    await finishChunk(db, last, done(last));
    expect(await getBatch(db, projectId, id)).toMatchObject({
      ...{ state: "failed", stateReason: "1 of 2 chunks failed: it broke", done: 1 },
    });
    await retryBatch(db, projectId, id, "tester");
    expect((await waitingChunks(db, { batchId: id })).map(({ chunk }) => chunk)).toEqual([0]);
    const again = await claim(id, 0);
    await finishChunk(db, again, done(again));
    expect(await getBatch(db, projectId, id)).toMatchObject({ state: "completed", done: SIZE + 1 });
  });

  test("that a stopping worker hands back waits again and counts no failure", async () => {
    const { db } = database;
    const { id } = await addBatch(1);
    for (let stop = 0; stop < 4; stop++)
      await finishChunk(db, await claim(id, 0), { kind: "handed_back" });
    await finishChunk(db, await claim(id, 0), failed);
    expect(await getBatch(db, projectId, id)).toMatchObject({ state: "running" });
    await cancelBatch(db, projectId, id, "tester");
  });
});

describe("a cancelled batch", () => {
  test("takes no more, and what is at work stores nothing; retry goes on", async () => {
    const { db } = database;
    const { id } = await addBatch(2 * SIZE);
    const first = await claim(id, 0);
    await finishChunk(db, first, done(first));
    const atWork = await claim(id, 1);
    const cancelled = await cancelBatch(db, projectId, id, "tester");
    expect(cancelled).toMatchObject({ state: "cancelled", stateReason: "cancelled by tester" });
    expect(await beatChunk(db, atWork, 1_000)).toBe(false);
    expect(await finishChunk(db, atWork, done(atWork))).toBe(false);
    expect(await waitingChunks(db, { batchId: id })).toEqual([]);
    await expect(cancelBatch(db, projectId, id, "tester")).rejects.toMatchObject({
      code: "conflict",
    });
    await retryBatch(db, projectId, id, "tester");
    expect(await finishChunk(db, atWork, done(atWork))).toBe(false);
    const again = await claim(id, 1);
    await finishChunk(db, again, done(again));
    expect(await getBatch(db, projectId, id)).toMatchObject({ state: "completed", done: 2 * SIZE });
  });

  test("is deleted with its results, one that goes on is not", async () => {
    const { db } = database;
    const { id } = await addBatch(1);
    await expect(deleteBatch(db, projectId, id)).rejects.toMatchObject({ code: "conflict" });
    await cancelBatch(db, projectId, id, "tester");
    const pictures = { where: { kind: "batch" } };
    const before = await db.prisma.artifact.count(pictures);
    await deleteBatch(db, projectId, id);
    expect(await db.prisma.artifact.count(pictures)).toBe(before - 1);
    await expect(getBatch(db, projectId, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(linesOf(id)).rejects.toMatchObject({ code: "not_found" });
  });
});

test("nothing of a batch crosses its project", async () => {
  const { db } = database;
  const { id } = await addBatch(1);
  const { projectId: other } = await seedProject(db, "another");
  const lines = () => collect(batchResults(db, other, id, { from: 0, failed: false }));
  for (const look of [
    () => getBatch(db, other, id),
    () => cancelBatch(db, other, id, "them"),
    () => retryBatch(db, other, id, "them"),
    () => deleteBatch(db, other, id),
    lines,
  ])
    await expect(look()).rejects.toMatchObject({ code: "not_found" });
  await cancelBatch(db, projectId, id, "tester");
});

test("chunks of urgent batches wait in front", async () => {
  const low = await addBatch(1, 10);
  const high = await addBatch(1, 90);
  const ids = (await waitingChunks(database.db, {})).map(({ batchId }) => batchId);
  expect(ids.indexOf(high.id)).toBeLessThan(ids.indexOf(low.id));
});
