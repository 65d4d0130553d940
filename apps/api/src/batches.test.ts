import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@sweepyard/client";
import { BatchView } from "@sweepyard/contract";
import { getBatch } from "@sweepyard/db";
import { collect } from "@sweepyard/db/testing";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gzipped, tarOf, zipOf } from "./testing/archives.js";
import { rows, SIDE, smallUpload } from "./testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  const run = await api.client.runs.create({ plan: smallPlan });
  await trainRun(api.db, run.id);
  await api.client.runs.promote(run.id, { model: "clothes" });
});
afterAll(() => api.stop());

const png = async (row: number) => {
  const pixels = rows(9).images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
};
const base64 = async (row: number) => (await png(row)).toString("base64");
const post = (init: RequestInit, name = "clothes") =>
  requestOf(api)("POST", `/api/v1/models/${name}/batches`, init);
const json = (body: unknown): RequestInit => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const waiting = async () => {
  const training = (await api.queues.counts()).find(({ queue }) => queue === "training");
  return (training?.waiting ?? 0) + (training?.prioritized ?? 0);
};

describe("a batch", () => {
  test("of a data set names the version that answers, and its chunks have jobs", async () => {
    const before = await waiting();
    const batch = await api.client.batches.create("clothes@champion", {
      dataset: { name: "halves", split: "train" },
      name: "all of it",
      top_k: 2,
    });
    expect(batch).toMatchObject({
      ...{ model: "clothes", version: 1, state: "queued", items: 60, done: 0, topK: 2 },
      source: { kind: "dataset", name: "halves", version: 1, split: "train" },
    });
    expect(await waiting()).toBe(before + 1);
    expect(await api.client.batches.get(batch.id)).toEqual(batch);
    expect((await api.client.batches.list({ model: "clothes" })).items[0]).toEqual(batch);
    const lines = await collect(api.client.batches.results(batch.id));
    expect(lines).toEqual([]);
  });

  test.each([
    ["zip", async (files: Record<string, Buffer>) => zipOf(files)],
    ["tar", async (files: Record<string, Buffer>) => tarOf(files)],
    ["tar.gz", async (files: Record<string, Buffer>) => gzipped(await tarOf(files))],
  ])("of a %s has an item for each of its files, by its path", async (_format, archiveOf) => {
    const files = {
      "spring/a.png": await png(0),
      "spring/b.png": await png(1),
      "__MACOSX/._a.png": Buffer.from("debris"),
      "spring/notes.txt": Buffer.from("no picture"),
    };
    const archive = new Blob([await archiveOf(files)]);
    const options = { name: "spring", top_k: 1, priority: 70 };
    const batch = await api.client.batches.createFromArchive("clothes", archive, options);
    expect(batch).toMatchObject({ ...{ name: "spring", items: 3, topK: 1, priority: 70 } });
    const chunk = await api.db.prisma.batchChunk.findFirstOrThrow({ where: { batchId: batch.id } });
    const items = chunk.items as [string, number, number][];
    expect(items.map(([name]) => name)).toEqual([
      ...["spring/a.png", "spring/b.png", "spring/notes.txt"],
    ]);
    const [, start, bytes] = items[1] ?? ["", 0, 0];
    const { input } = await api.db.prisma.batch.findUniqueOrThrow({ where: { id: batch.id } });
    const stored = await api.db.artifacts.open((input as { sha256: string }).sha256);
    const packed = Buffer.concat(await collect(stored));
    expect(packed.subarray(start, start + bytes)).toEqual(files["spring/b.png"]);
  });

  test("takes an archive with a damaged file: that item will fail, no other", async () => {
    const archive = zipOf({ "a.png": await png(0), "b.png": await png(1) });
    archive.fill(0xff, 40, 50); // within the first one's deflated bytes
    const batch = await api.client.batches.createFromArchive("clothes", new Blob([archive]));
    const { items } = await api.db.prisma.batchChunk.findFirstOrThrow({
      where: { batchId: batch.id },
    });
    expect(items).toEqual([
      ["a.png", 0, 0],
      ["b.png", 0, (await png(1)).length],
    ]);
  });

  test("of pictures in base64 goes by the caller's ids", async () => {
    const items = [
      { id: "sku-1", image: await base64(0) },
      { id: "sku-2", image: await base64(1) },
    ];
    expect(await api.client.batches.create("clothes", { items })).toMatchObject({
      ...{ items: 2, source: { kind: "pictures" } },
    });
  });

  test("is cancelled, retried and deleted", async () => {
    const { id } = await api.client.batches.create("clothes", { dataset: { name: "halves" } });
    expect((await api.client.batches.cancel(id)).state).toBe("cancelled");
    const before = await waiting();
    expect((await api.client.batches.retry(id)).state).toBe("queued");
    expect(await waiting()).toBe(before + 1);
    await expect(api.client.batches.delete(id)).rejects.toMatchObject({ code: "conflict" });
    await api.client.batches.cancel(id);
    await api.client.batches.delete(id);
    await expect(api.client.batches.get(id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("is told to those who follow events", async () => {
    const stop = new AbortController();
    const seen: BatchView[] = [];
    const following = (async () => {
      for await (const { event } of api.client.events({ signal: stop.signal }))
        if (event.type === "batch.changed") {
          seen.push(BatchView.parse(event.batch));
          stop.abort();
        }
    })();
    while (seen.length === 0 && !stop.signal.aborted) {
      const { id } = await api.client.batches.create("clothes", { dataset: { name: "halves" } });
      await api.client.batches.cancel(id);
      await sleep(50); // the stream may not stand yet
    }
    await following;
    expect(seen[0]?.model).toBe("clothes");
  });

  test("needs a key that predicts, of its own project", async () => {
    const { id } = await api.client.batches.create("clothes", { dataset: { name: "halves" } });
    const reader = createClient({ baseUrl: api.url, apiKey: await api.makeKey(["read"]) });
    await expect(reader.batches.get(id)).rejects.toMatchObject({ code: "forbidden" });
    const other = await api.makeKey(["predict"], "another");
    const stranger = createClient({ baseUrl: api.url, apiKey: other });
    await expect(stranger.batches.get(id)).rejects.toMatchObject({ code: "not_found" });
    const results = stranger.batches.results(id);
    await expect(results.next()).rejects.toMatchObject({ code: "not_found" });
    expect(await getBatch(api.db, api.projectId, id)).toMatchObject({ state: "queued" });
  });
});

describe("refuses", () => {
  const form = (parts: Record<string, string | Blob>): RequestInit => {
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.set(name, value);
    return { body };
  };

  test.each<[string, () => Promise<RequestInit>, number, string]>([
    ["nothing", async () => json({}), 400, "items"],
    [
      "both inputs",
      async () =>
        json({ items: [{ id: "a", image: await base64(0) }], dataset: { name: "halves" } }),
      400,
      "items",
    ],
    ["no items", async () => json({ items: [] }), 400, "items"],
    [
      "bytes that are no base64",
      async () => json({ items: [{ id: "a", image: "%" }] }),
      400,
      "items.0.image",
    ],
    [
      "an id that comes twice",
      async () => json({ items: [1, 2].map(() => ({ id: "a", image: "AAAA" })) }),
      400,
      "items.1.id",
    ],
    ["top_k of nothing", async () => json({ dataset: { name: "halves" }, top_k: 0 }), 400, "top_k"],
    ["a form without an archive", async () => form({ name: "spring" }), 400, "archive"],
    [
      "an archive that is none",
      async () => form({ archive: new Blob(["no archive"]) }),
      422,
      "archive",
    ],
    ["an empty archive", async () => form({ archive: new Blob([zipOf({})]) }), 422, "archive"],
    [
      "an archive with a path twice",
      async () => {
        const archive = zipOf({ "a-1.png": await png(0), "a-2.png": await png(1) });
        const twice = Buffer.from(archive).toString("latin1").replaceAll("a-2.png", "a-1.png");
        return form({ archive: new Blob([Uint8Array.from(Buffer.from(twice, "latin1"))]) });
      },
      422,
      "archive",
    ],
    [
      "an unknown field",
      async () => form({ archive: new Blob([zipOf({ a: Buffer.from("a") })]), colour: "red" }),
      400,
      "colour",
    ],
  ])("%s", async (_what, init, status, path) => {
    const problem = await problemOf(await post(await init()));
    expect(problem.status).toBe(status);
    expect(problem.errors).toContainEqual(expect.objectContaining({ path }));
  });

  test("a bomb, without keeping any of it", async () => {
    const before = await api.rowCounts();
    const archive = new Blob([zipOf({ "bomb.png": Buffer.alloc(8 * 1024 * 1024) })]);
    const refused = api.client.batches.createFromArchive("clothes", archive);
    await expect(refused).rejects.toMatchObject({ code: "payload_too_large" });
    expect(await api.rowCounts()).toEqual(before);
  });

  test("an unknown model, alias or data set", async () => {
    const body = json({ dataset: { name: "halves" } });
    for (const name of ["nothing", "clothes@nobody", "clothes@9"])
      expect((await problemOf(await post(body, name))).status).toBe(404);
    const unknown = await post(json({ dataset: { name: "unknown" } }));
    expect((await problemOf(unknown)).status).toBe(404);
  });
});
