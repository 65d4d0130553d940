import { createClient } from "@sweepyard/client";
import type { Report, RunView } from "@sweepyard/contract";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLASS_NAMES, rows, SIDE, smallUpload } from "./testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan } from "./testing/submitSmall.js";
import { trainRun } from "./testing/trainRun.js";

let api: TestApi;
let run: RunView;
let report: Report;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  run = await api.client.runs.create({ plan: smallPlan });
  report = await trainRun(api.db, run.id);
  await api.client.runs.promote(run.id, { model: "clothes", reason: "the first" });
});
afterAll(() => api.stop());

const { images, labels } = rows(9);
const image = (row: number) => [...images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE)];
const png = (row: number) =>
  sharp(Uint8Array.from(image(row)), { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toBuffer();
const predict = (init: RequestInit, name = "clothes") =>
  requestOf(api)("POST", `/api/v1/models/${name}/predict`, init);
const json = (body: unknown): RequestInit => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

describe("a trained run", () => {
  test("shows its metrics, report, attempts and artifacts", async () => {
    expect(report).toMatchObject({ task: "classification", accuracy: 1 });
    expect(await api.client.runs.report(run.id)).toEqual(report);
    const { rows: metrics } = await api.client.runs.metrics(run.id);
    expect(metrics).toHaveLength(20);
    expect(metrics[19]?.values.val_accuracy).toBe(1);
    expect((await api.client.runs.attempts(run.id)).items).toMatchObject([
      { number: 1, outcome: "completed" },
    ]);
    expect(await api.client.runs.get(run.id)).toMatchObject({
      state: "completed",
      metrics: { "test.accuracy": 1 },
    });
    expect(await api.client.runs.best({ metric: "test.accuracy" })).toMatchObject({
      runId: run.id,
      value: 1,
    });
    const compared = await api.client.runs.compare([run.id]);
    expect(Object.keys(compared.reports)).toEqual([run.id]);
  });

  test("its artifacts can be downloaded, whole, in part, and not again", async () => {
    const { items } = await api.client.runs.artifacts(run.id);
    const model = items.find(({ kind }) => kind === "model");
    const whole = await api.client.artifacts.content(model?.id ?? "");
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes.length).toBe(model?.bytes);
    expect(whole.headers.get("content-disposition")).toContain(model?.fileName);
    const path = `/api/v1/artifacts/${model?.id}/content`;
    const part = await requestOf(api)("GET", path, { headers: { range: "bytes=2-5" } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(2, 6));
    const etag = whole.headers.get("etag") ?? "";
    const again = await requestOf(api)("GET", path, {
      // Node's fetch adds "no-cache" of its own to conditional requests.
      headers: { "if-none-match": etag, "cache-control": "max-age=0" },
    });
    expect(again.status).toBe(304);
  });
});

describe("prediction", () => {
  test("is right for each class, by every name of the model", async () => {
    const instances = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(image);
    for (const name of ["clothes", "clothes@champion", "clothes@1"]) {
      const answer = await api.client.models.predict(name, { instances, top_k: 1 });
      expect(answer).toMatchObject({ model: "clothes", version: 1 });
      expect(answer.predictions.map(([first]) => first?.label)).toEqual([...labels]);
    }
  });

  test("lists classes by probability, which add up to 1", async () => {
    const answer = await api.client.models.predict("clothes", { instances: image(0) });
    if (answer.task !== "classification") throw new Error(`it answers as a ${answer.task}`);
    const [first = []] = answer.predictions;
    expect(first.map(({ name }) => name).sort()).toEqual(CLASS_NAMES.toSorted());
    expect(first[0]).toMatchObject({ label: 0, name: "left" });
    expect(first.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(first[0]?.probability).toBeGreaterThan(first[1]?.probability ?? 1);
  });

  test("of a picture is the same as of its pixels", async () => {
    const instances = [image(1)];
    const { predictions } = await api.client.models.predict("clothes", { instances });
    const picture = new Blob([new Uint8Array(await png(1))], { type: "image/png" });
    expect((await api.client.models.predictImage("clothes", picture)).predictions).toEqual(
      predictions,
    );
    const form = new FormData();
    form.set("image", picture, "shirt.png");
    const response = await predict({ body: form });
    expect(((await response.json()) as { predictions: unknown }).predictions).toEqual(predictions);
  });

  test("of WebP pictures and of bytes in base64 is the same, too", async () => {
    const pixels = image(1).flat();
    const raw = { raw: { width: SIDE, height: SIDE, channels: 1 } } as const;
    const webp = await sharp(Uint8Array.from(pixels), raw).webp({ lossless: true }).toBuffer();
    const { predictions } = await api.client.models.predict("clothes", { instances: [pixels] });
    const picture = new Blob([new Uint8Array(webp)], { type: "image/webp" });
    const ofPicture = await api.client.models.predictImage("clothes", picture);
    expect(ofPicture.predictions).toEqual(predictions);
    const b64 = Buffer.from(pixels).toString("base64");
    const ofBytes = await api.client.models.predict("clothes", { instances: [{ b64 }] });
    expect(ofBytes.predictions).toEqual(predictions);
    const short = predict(json({ instances: [{ b64: "AAAA" }] }));
    expect(await problemOf(await short)).toMatchObject({ status: 422 });
  });

  test("many at once are answered each with its own, while the alias moves", async () => {
    const other = await api.client.runs.create({ plan: { ...smallPlan, seed: 5 } });
    await trainRun(api.db, other.id);
    await api.client.runs.promote(other.id, { model: "swapped" });
    const first = await api.client.runs.promote(run.id, { model: "swapped" });
    const move = (version: number) =>
      api.client.models.setAlias("swapped", "champion", { version });
    const asked = Array.from({ length: 120 }, async (_, i) => {
      if (i % 20 === 10) await move(1 + (i % 40 === 10 ? 0 : 1));
      const { predictions, version } = await api.client.models.predict("swapped", {
        instances: [image(i % 9)],
        top_k: 1,
      });
      return { label: predictions[0]?.[0]?.label, version };
    });
    const answers = await Promise.all(asked);
    expect(answers.map(({ label }) => label)).toEqual(answers.map((_, i) => labels[i % 9]));
    await move(1);
    const after = await api.client.models.predict("swapped", { instances: [image(0)] });
    expect([first.version, after.version]).toEqual([2, 1]);
  });

  test("a version whose file is gone is told, and others go on", async () => {
    const gone = await api.client.runs.create({ plan: { ...smallPlan, seed: 9 } });
    await trainRun(api.db, gone.id);
    const { sha256 } = await api.client.runs.promote(gone.id, { model: "gone" });
    await api.db.artifacts.remove(sha256);
    await api.client.models.predict("gone", { instances: [image(0)] }); // it was loaded before
    const other = await startTestApi({ over: api });
    try {
      const path = "/api/v1/models/gone/predict";
      const problem = await problemOf(
        await requestOf(other)("POST", path, json({ instances: [image(0)] })),
      );
      expect(problem).toMatchObject({ status: 404, code: "not_found" });
      await other.client.models.predict("clothes", { instances: [image(0)] });
    } finally {
      await other.stop();
    }
  });

  test("a key that is revoked predicts no more", async () => {
    const { key, secret } = await api.client.keys.create({ name: "shop", scopes: ["predict"] });
    const shop = createClient({ baseUrl: api.url, apiKey: secret });
    await shop.models.predict("clothes", { instances: [image(0)] });
    await api.client.keys.revoke(key.id);
    const refused = shop.models.predict("clothes", { instances: [image(0)] });
    await expect(refused).rejects.toMatchObject({ code: "unauthorized" });
  });

  test("top_k of a picture is in the query", async () => {
    const picture = new Blob([new Uint8Array(await png(1))], { type: "image/png" });
    const { predictions } = await api.client.models.predictImage("clothes", picture, { top_k: 2 });
    expect(predictions[0]).toHaveLength(2);
  });

  test.each([
    ["a flat image of another size", { instances: [[1, 2, 3]] }, 422, "instances.0", "shape"],
    [
      "an image with a short row",
      { instances: [[[1, 2, 3, 4, 5, 6], [1], [1], [1], [1], [1]]] },
      422,
      "instances.0.1",
      "shape",
    ],
    [
      "a pixel above 255",
      { instances: [Array(36).fill(256)] },
      400,
      "instances.0.0",
      "pixel_range",
    ],
    [
      "a pixel that is text",
      { instances: [["1", ...Array(35).fill(0)]] },
      422,
      "instances.0",
      "shape",
    ],
    ["no images", { instances: [] }, 400, "instances", "too_small"],
    ["nothing", {}, 400, "instances", "invalid_type"],
    [
      "an unknown field",
      { instances: [Array(36).fill(0)], colour: 1 },
      400,
      "colour",
      "unrecognized_keys",
    ],
  ])("refuses %s", async (_what, body, status, path, rule) => {
    const problem = await problemOf(await predict(json(body)));
    expect(problem.status).toBe(status);
    expect(problem.errors).toContainEqual(expect.objectContaining({ path, rule }));
  });

  test.each([
    ["a picture that is none", { headers: { "content-type": "image/png" }, body: "no" }, 422],
    ["an empty picture", { headers: { "content-type": "image/png" }, body: "" }, 400],
    ["a type it does not know", { headers: { "content-type": "image/gif" }, body: "GIF89a" }, 415],
    ["a form without the picture", { body: new FormData() }, 400],
  ])("refuses %s", async (_what, init: RequestInit, status) => {
    expect((await problemOf(await predict(init))).status).toBe(status);
  });

  test.each(["nothing", "clothes@nobody", "clothes@9"])("refuses the model %s", async (name) => {
    const problem = await problemOf(await predict(json({ instances: [image(0)] }), name));
    expect(problem).toMatchObject({ status: 404, code: "not_found" });
  });
});

describe("the registry", () => {
  test("promoting again moves the alias and makes no version", async () => {
    await api.client.runs.promote(run.id, { model: "clothes", alias: "shadow" });
    const model = await api.client.models.get("clothes");
    expect(model.versions).toHaveLength(1);
    expect(model.versions[0]?.aliases.toSorted()).toEqual(["champion", "shadow"]);
    expect((await api.client.models.list()).items).toContainEqual(model);
  });

  test("an alias can be pointed at a version that exists", async () => {
    const moved = await api.client.models.setAlias("clothes", "next", { version: 1 });
    expect(moved.aliases).toContain("next");
    await expect(
      api.client.models.setAlias("clothes", "next", { version: 5 }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  test("a run that is not completed, or excluded, is not promoted", async () => {
    const queued = await api.client.runs.create({ plan: smallPlan });
    const promotion = { model: "clothes" };
    await expect(api.client.runs.promote(queued.id, promotion)).rejects.toMatchObject({
      code: "conflict",
    });
    await api.client.runs.patch(run.id, { excluded: "trained on test rows" });
    await expect(api.client.runs.promote(run.id, promotion)).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await api.client.runs.patch(run.id, { excluded: null })).excluded).toBeNull();
  });
});

describe("a run's actions", () => {
  test("cancel, retry, pause and resume change a queued run at once", async () => {
    const { id } = await api.client.runs.create({ plan: smallPlan });
    expect((await api.client.runs.pause(id)).state).toBe("paused");
    expect((await api.client.runs.resume(id)).state).toBe("queued");
    expect((await api.client.runs.cancel(id)).state).toBe("cancelled");
    expect((await api.client.runs.retry(id)).state).toBe("queued");
    const error = await api.client.runs.resume(id).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "conflict", status: 409 });
  });

  test("each time a run is queued it gets a job of its own", async () => {
    const waiting = async () => {
      const training = (await api.queues.counts()).find(({ queue }) => queue === "training");
      return (training?.waiting ?? 0) + (training?.prioritized ?? 0);
    };
    const before = await waiting();
    const { id } = await api.client.runs.create({ plan: smallPlan });
    expect(await waiting()).toBe(before + 1);
    await api.client.runs.cancel(id);
    await api.client.runs.retry(id);
    expect(await waiting()).toBe(before + 2);
  });
});
