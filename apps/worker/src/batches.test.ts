import { readFile } from "node:fs/promises";
import { type BatchResult, newId, PromoteRun } from "@sweepyard/contract";
import {
  batchResults,
  createBatch,
  getBatch,
  getDatasetFiles,
  promoteRun,
  resolveModel,
  waitingChunks,
} from "@sweepyard/db";
import { collect } from "@sweepyard/db/testing";
import { loadModel } from "@sweepyard/engine";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** Batches on workers that live, stop, and are killed: each item has one result. */

let system: TestSystem;
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(() => system.close());

const SIDE = 8;
/** Of 8,192: the last one is not full. */
const CHUNKS = 4;
const ROWS = (CHUNKS - 1) * 8_192 + 1_000;

async function trainModel() {
  const { db, projectId } = system;
  const runId = await system.submitRun({ epochs: 3 });
  await system.waitForRun(runId, ({ state }) => state === "completed");
  const asker = { keyId: newId(), keyName: "test" };
  await promoteRun(db, projectId, asker, runId, PromoteRun.parse({ model: "signs" }));
}

/** Rows that repeat the data set's test images, and what the model says of each of those. */
async function addBatch() {
  const { db, projectId, queues } = system;
  const model = await resolveModel(db, projectId, "signs");
  const { view, files } = await getDatasetFiles(db, projectId, "synthetic");
  if (!("testImages" in files)) throw new Error("the data set is of IDX files");
  const stored = await readFile(db.artifacts.path(files.testImages.sha256));
  const images = stored.subarray(stored.length - view.testRows * SIDE * SIDE);
  const many = Buffer.alloc(ROWS * SIDE * SIDE);
  for (let at = 0; at < many.length; at += images.length) images.copy(many, at);
  const { sha256 } = await db.artifacts.put(many);
  const batch = await createBatch(db, projectId, "test", {
    model,
    input: {
      kind: "rows",
      source: { kind: "dataset", name: "many", version: 1, split: "test" },
      input: { kind: "rows", sha256, start: 0, type: "uint8" },
      count: ROWS,
    },
    name: "",
    top_k: 1,
    priority: 50,
  });
  await queues.ensureChunkJobs(await waitingChunks(db, { batchId: batch.id }));
  const loaded = await loadModel(await readFile(db.artifacts.path(model.sha256)));
  const outputs = await loaded.predict(Float32Array.from(images, (pixel) => pixel / 255));
  await loaded.release();
  return { id: batch.id, outputs, period: view.testRows };
}

type Added = Awaited<ReturnType<typeof addBatch>>;

const waitForEnd = ({ id }: Added) =>
  vi.waitFor(
    async () => {
      const batch = await getBatch(system.db, system.projectId, id);
      if (batch.endedAt === null) throw new Error(`the batch is ${JSON.stringify(batch)}`);
      return batch;
    },
    { timeout: 40_000, interval: 25 },
  );

const probabilitiesOf = (predictions: BatchResult["predictions"] = []) =>
  predictions.map((prediction) => {
    if ("probability" in prediction) return prediction;
    throw new Error(`${prediction.name} has a value, and no probability`);
  });

/** Every row has one result, which is what the model itself says of it. */
async function expectEachOnce({ id, outputs, period }: Added): Promise<void> {
  const query = { from: 0, failed: false };
  const lines = (await collect(batchResults(system.db, system.projectId, id, query))).flat();
  expect(lines).toHaveLength(ROWS);
  const wrong = lines.filter(({ index, predictions }, at) => {
    const [best] = probabilitiesOf(predictions);
    const row = [...outputs.subarray((at % period) * 4, (at % period) * 4 + 4)];
    const expected = Math.max(...row);
    return index !== at || best === undefined || Math.abs(best.probability - expected) > 1e-5;
  });
  expect(wrong).toEqual([]);
}

const chunksOf = (batchId: string) =>
  system.db.prisma.batchChunk.findMany({ where: { batchId }, orderBy: { number: "asc" } });

test("two workers share a batch, and each item has one result", async () => {
  await system.startSupervisor({ SLOTS: "2" });
  await system.startSupervisor();
  await trainModel();
  const batch = await addBatch();
  expect(await waitForEnd(batch)).toMatchObject({ state: "completed", done: ROWS, failed: 0 });
  await expectEachOnce(batch);
  expect((await chunksOf(batch.id)).map(({ attempt }) => attempt)).toEqual(Array(CHUNKS).fill(1));
});

test("a worker killed when it had predicted and not stored costs nothing but time", async () => {
  const trainer = await system.startSupervisor();
  await trainModel();
  await trainer.stop();
  const batch = await addBatch();
  const { prisma } = system.db;
  await prisma.batch.update({ where: { id: batch.id }, data: { state: "running" } });
  await prisma.$transaction(
    async (tx) => {
      // Whoever ends a chunk waits for this row.
      await tx.$queryRaw`select 1 from batches where id = ${batch.id}::uuid for no key update`;
      const doomed = await system.startProcess();
      const isClaimed = async () => {
        const where = { batchId: batch.id, state: "running" };
        expect(await tx.batchChunk.count({ where })).toBe(1);
      };
      await vi.waitFor(isClaimed, { timeout: 25_000 });
      doomed.kill("SIGKILL");
      await doomed.exited;
    },
    { timeout: 30_000 },
  );
  await system.startSupervisor();
  expect(await waitForEnd(batch)).toMatchObject({ state: "completed", done: ROWS, failed: 0 });
  await expectEachOnce(batch);
  expect((await chunksOf(batch.id)).filter(({ attempt }) => attempt === 2)).toHaveLength(1);
});

test("pictures are read as predict reads them, and one that can't be holds up no other", async () => {
  await system.startSupervisor();
  await trainModel();
  const { db, projectId, queues } = system;
  const model = await resolveModel(db, projectId, "signs");
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i % 4 === 1 ? 90 : 10));
  const raw = { raw: { width: SIDE, height: SIDE, channels: 1 } } as const;
  const png = await sharp(pixels, raw).png().toBuffer();
  const files: [string, Buffer][] = [
    ["good.png", png],
    ["cut.png", png.subarray(0, 60)],
    ["text.png", Buffer.from("no picture at all")],
    ["empty.png", Buffer.alloc(0)],
    ["good.webp", await sharp(pixels, raw).webp({ lossless: true }).toBuffer()],
  ];
  let start = 0;
  const items = files.map(([name, { length }]) => {
    start += length;
    return [name, start - length, length] as const;
  });
  const file = await db.artifacts.put(Buffer.concat(files.map(([, bytes]) => bytes)));
  const { id } = await createBatch(db, projectId, "test", {
    ...{ model, input: { kind: "pictures", file, items }, name: "", top_k: 4, priority: 50 },
  });
  await queues.ensureChunkJobs(await waitingChunks(db, { batchId: id }));
  await vi.waitFor(async () => expect((await getBatch(db, projectId, id)).state).toBe("completed"));
  expect(await getBatch(db, projectId, id)).toMatchObject({ done: 5, failed: 3 });
  const lines = (await collect(batchResults(db, projectId, id, { from: 0, failed: false }))).flat();
  expect(lines.map(({ item, error }) => [item, error === undefined])).toEqual([
    ["good.png", true],
    ["cut.png", false],
    ["text.png", false],
    ["empty.png", false],
    ["good.webp", true],
  ]);
  expect(lines[2]?.error).toMatch(/can't be decoded/);
  const loaded = await loadModel(await readFile(db.artifacts.path(model.sha256)));
  const outputs = await loaded.predict(Float32Array.from(pixels, (pixel) => pixel / 255));
  await loaded.release();
  for (const line of [lines[0], lines[4]])
    for (const { label, probability } of probabilitiesOf(line?.predictions))
      expect(probability).toBeCloseTo(outputs[label] ?? Number.NaN, 5);
});

test("a trainer killed at work, and Redis lost, are made up for", async () => {
  const worker = await system.startSupervisor();
  await trainModel();
  const [pid = 0] = worker.trainerPids();
  process.kill(pid, "SIGSTOP"); // so that it dies at work, however fast it is
  const batch = await addBatch();
  await vi.waitFor(async () =>
    expect((await chunksOf(batch.id)).some(({ state }) => state === "running")).toBe(true),
  );
  await system.forgetQueue();
  process.kill(pid, "SIGKILL");
  expect(await waitForEnd(batch)).toMatchObject({ state: "completed", done: ROWS });
  await expectEachOnce(batch);
  const killed = (await chunksOf(batch.id)).filter(({ failures }) => failures === 1);
  expect(killed.map(({ attempt }) => attempt)).toEqual([2]);
});
