import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { datasetForm, type UploadDataset } from "@sweepyard/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { blob, idx, rows, SIDE, smallFiles, smallUpload } from "./testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";

const LIMIT = 200_000;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ maxUploadBytes: LIMIT });
});
afterAll(() => api.stop());

/** Every file under the artifact folder. */
const storedFiles = async () =>
  (await readdir(api.artifactsDir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

const upload = (form: FormData) => requestOf(api)("POST", "/api/v1/datasets", { body: form });

describe("a data set that is right", () => {
  test("is stored with its shapes and counts", async () => {
    const view = await api.client.datasets.create(smallUpload());
    expect(view).toMatchObject({
      name: "halves",
      version: 1,
      inputShape: [6, 6],
      classNames: ["left", "right", "top"],
      trainRows: 60,
      testRows: 12,
      classCounts: [20, 20, 20],
    });
    expect(await api.client.datasets.get("halves")).toEqual(view);
    expect(await api.client.datasets.list()).toEqual({ items: [view] });
    expect(await storedFiles()).toHaveLength(4);
  });

  test("is the same however it was compressed, and named by the hash of the IDX itself", async () => {
    const files = smallFiles();
    const zip = (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes));
    const zipped = await api.client.datasets.create(
      smallUpload({ trainImages: zip(files.trainImages), testLabels: zip(files.testLabels) }),
    );
    expect(zipped.version).toBe(1);
    const sha256 = createHash("sha256").update(files.trainImages).digest("hex");
    expect(await storedFiles()).toContain(sha256);
    expect(await storedFiles()).toHaveLength(4);
  });

  test("is a new version when something differs", async () => {
    const other = rows(30);
    const changed = smallUpload({
      trainImages: idx([30, SIDE, SIDE], other.images),
      trainLabels: idx([30], other.labels),
    });
    expect(await api.client.datasets.create(changed)).toMatchObject({ version: 2, trainRows: 30 });
    expect(await api.client.datasets.get("halves")).toMatchObject({ version: 2 });
  });

  test("may have its fields after its files", async () => {
    const form = new FormData();
    const ordered = [...datasetForm(smallUpload({}, "backwards"))].reverse();
    for (const [name, value] of ordered) form.append(name, value);
    expect((await upload(form)).status).toBe(201);
  });
});

describe("a data set that is wrong leaves nothing behind", () => {
  const files = smallFiles();
  const small = rows(60);
  const withLabel = (label: number) =>
    idx(
      [60],
      small.labels.map((l, row) => (row === 59 ? label : l)),
    );

  let before: { rows: Record<string, number>; files: string[] };
  beforeEach(async () => {
    before = { rows: await api.rowCounts(), files: await storedFiles() };
  });
  const nothingStored = async () =>
    expect({ rows: await api.rowCounts(), files: await storedFiles() }).toEqual(before);

  test.each([
    [
      "no IDX",
      { trainImages: Uint8Array.from(Buffer.from("P5 4 4 255 no")) },
      "trainImages",
      "idx",
    ],
    ["an empty file", { testLabels: new Uint8Array() }, "testLabels", "idx"],
    ["a file cut off", { trainImages: files.trainImages.slice(0, -1) }, "trainImages", "idx"],
    [
      "a file too long",
      { trainImages: Uint8Array.from([...files.trainImages, 0]) },
      "trainImages",
      "idx",
    ],
    [
      "half a gzip",
      { trainImages: Uint8Array.from(gzipSync(files.trainImages).subarray(0, 60)) },
      "trainImages",
      "gzip",
    ],
    ["labels of fewer rows", { trainLabels: files.testLabels }, "trainLabels", "row_count"],
    ["labels for images", { testImages: files.testLabels }, "testImages", "image_shape"],
    ["images for labels", { testLabels: files.testImages }, "testLabels", "row_count"],
    ["a label without a class", { trainLabels: withLabel(3) }, "trainLabels", "label_range"],
    [
      "test images of another size",
      { testImages: idx([12, 4, 9], rows(12).images) },
      "testImages",
      "same_shape",
    ],
    ["no rows", { testImages: idx([0, 6, 6], new Uint8Array()) }, "testImages", "image_shape"],
  ])("%s", async (_what, changes, path, rule) => {
    const problem = await problemOf(await upload(datasetForm(smallUpload(changes, "wrong"))));
    expect(problem).toMatchObject({ status: 422, code: "data_invalid" });
    expect(problem.errors).toEqual([expect.objectContaining({ path, rule })]);
    expect(problem.detail).toContain(path);
    await nothingStored();
  });

  const form = (change: (form: FormData) => void) => {
    const form = datasetForm(smallUpload({}, "wrong"));
    change(form);
    return form;
  };
  test.each([
    ["a file is missing", form((f) => f.delete("testLabels")), "testLabels", "required"],
    ["the name is missing", form((f) => f.delete("name")), "name", "invalid_type"],
    ["the name leads elsewhere", form((f) => f.set("name", "../x")), "name", "invalid_format"],
    ["the classes are no JSON", form((f) => f.set("classNames", "a,b")), "classNames", "json"],
    ["there is one class", form((f) => f.set("classNames", '["a"]')), "classNames", "too_small"],
    ["a class comes twice", form((f) => f.set("classNames", '["a","a"]')), "classNames", "custom"],
    ["a field is unknown", form((f) => f.set("colour", "red")), "colour", "unknown_part"],
    [
      "a file is unknown",
      form((f) => f.set("more", blob(files.testLabels))),
      "more",
      "unknown_part",
    ],
    ["a field comes twice", form((f) => f.append("name", "b")), "name", "duplicate_part"],
    [
      "a file comes twice",
      form((f) => f.append("testLabels", blob(files.testLabels))),
      "testLabels",
      "duplicate_part",
    ],
    [
      "a field is huge",
      form((f) => f.set("description", "x".repeat(70_000))),
      "description",
      "too_big",
    ],
  ])("when %s", async (_what, body, path, rule) => {
    const problem = await problemOf(await upload(body));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.errors).toContainEqual(expect.objectContaining({ path, rule }));
    await nothingStored();
  });

  test("files above the limit", async () => {
    const big = idx([LIMIT], new Uint8Array(LIMIT));
    const problem = await problemOf(await upload(datasetForm(smallUpload({ testLabels: big }))));
    expect(problem).toMatchObject({ status: 413, code: "payload_too_large" });
    await nothingStored();
  });

  test("a bomb that inflates above the limit", async () => {
    const bomb = Uint8Array.from(gzipSync(idx([50_000_000], new Uint8Array(50_000_000))));
    expect(bomb.length).toBeLessThan(LIMIT);
    const problem = await problemOf(await upload(datasetForm(smallUpload({ testLabels: bomb }))));
    expect(problem).toMatchObject({ status: 413, code: "payload_too_large" });
    expect(problem.detail).toContain("inflate");
    await nothingStored();
  });

  test("a form that ends in the middle", async () => {
    const body = Buffer.from(
      '--x\r\nContent-Disposition: form-data; name="trainImages"; filename="t"\r\n\r\nabc',
    );
    const response = await requestOf(api)("POST", "/api/v1/datasets", {
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body,
    });
    expect(await problemOf(response)).toMatchObject({ status: 400, code: "invalid_request" });
    await nothingStored();
  });

  test.each([
    ["multipart/form-data", 400],
    ["application/json", 415],
    ["text/plain", 415],
  ])("a body of type %s", async (type, status) => {
    const response = await requestOf(api)("POST", "/api/v1/datasets", {
      headers: { "content-type": type },
      body: "{}",
    });
    expect((await problemOf(response)).status).toBe(status);
    await nothingStored();
  });

  test("an upload that breaks off", async () => {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.write(
      `POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.key}\r\n` +
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n" +
        '--x\r\nContent-Disposition: form-data; name="trainImages"; filename="t"\r\n\r\nabc',
    );
    const partial = async () =>
      (await readdir(api.artifactsDir, { recursive: true })).filter((name) =>
        /partial.partial|partial\/.*\//.test(name),
      );
    await expect.poll(partial).not.toEqual([]);
    socket.destroy();
    await expect.poll(partial).toEqual([]);
    await nothingStored();
  });
});

test("uploading as the dashboard does, the type of a blob does not matter", async () => {
  const typed: UploadDataset = {
    ...smallUpload({}, "typed"),
    testLabels: new Blob([smallFiles().testLabels], { type: "application/gzip" }),
  };
  expect(await api.client.datasets.create(typed)).toMatchObject({ name: "typed", version: 1 });
});
