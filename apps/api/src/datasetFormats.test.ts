import { readdir } from "node:fs/promises";
import type { DatasetOptionsInput, DatasetPart } from "@sweepyard/contract";
import { getDatasetFiles } from "@sweepyard/db";
import { encodeNpy, readNpyDataset } from "@sweepyard/engine";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encryptedZip, type Files, gzipped, tarOf, zipOf } from "./testing/archives.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";

const LIMIT = 2_000_000;

let api: TestApi;
let before: { rows: Record<string, number>; files: string[] };
beforeAll(async () => {
  api = await startTestApi({ maxUploadBytes: LIMIT });
});
afterAll(() => api.stop());

const storedFiles = async () =>
  (await readdir(api.artifactsDir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

type Bytes = Uint8Array | string;
type Parts = Partial<Record<DatasetPart, Bytes>>;

const upload = (options: DatasetOptionsInput, parts: Parts, name = "made") =>
  api.client.datasets.create({
    name,
    options,
    files: Object.fromEntries(
      Object.entries(parts).map(([part, bytes]) => [
        part,
        new Blob([typeof bytes === "string" ? bytes : Uint8Array.from(bytes)]),
      ]),
    ),
  });

/** The arrays of a version, as a trainer reads them. */
async function stored(name: string) {
  const { view, files } = await getDatasetFiles(api.db, api.projectId, name);
  if (!("trainX" in files)) throw new Error("no arrays");
  const path = (file: { sha256: string } | undefined) =>
    file === undefined ? undefined : api.db.artifacts.path(file.sha256);
  const paths = {
    trainX: path(files.trainX) ?? "",
    trainY: path(files.trainY) ?? "",
    trainWeights: path(files.trainWeights),
    testX: path(files.testX) ?? "",
    testY: path(files.testY) ?? "",
  };
  return readNpyDataset(paths, view);
}

describe("tables", () => {
  const HOUSES = [
    "size,heating,rooms,price,trust",
    "50.5,gas,2,100,1",
    "70,wood,3,150,0.5",
    "90,gas,,210,1",
    "120,oil,5,300,2",
    "",
  ].join("\n");

  test("a table for regression, with categories, a missing number, and weights", async () => {
    const view = await upload(
      { format: "csv", target: "price", weight: "trust", missing: "fill" },
      { train: HOUSES, test: "size,heating,rooms,price,trust\n60,oil,,120,1\n" },
      "houses",
    );
    expect(view).toMatchObject({
      task: "regression",
      inputShape: [5],
      classNames: ["price"],
      trainRows: 4,
      testRows: 1,
      classCounts: [],
    });
    expect(view.details.columns.map(({ name }) => name)).toEqual([
      "size",
      "heating=gas",
      "heating=oil",
      "heating=wood",
      "rooms",
    ]);
    expect(view.details.columns[0]).toEqual({ name: "size", min: 50.5, mean: 82.625, max: 120 });
    expect(view.details.targets).toEqual([{ name: "price", min: 100, mean: 190, max: 300 }]);

    const { train, test: testRows } = await stored("houses");
    const rooms = Math.fround(10 / 3); // the mean of 2, 3 and 5
    expect([...train.x]).toEqual(
      [50.5, 1, 0, 0, 2, 70, 0, 0, 1, 3, 90, 1, 0, 0, rooms, 120, 0, 1, 0, 5].map(Math.fround),
    );
    expect([...train.y]).toEqual([100, 150, 210, 300]);
    expect([...(train.sampleWeight ?? [])]).toEqual([1, 0.5, 1, 2]);
    expect([...testRows.x]).toEqual([60, 0, 1, 0, rooms]);
  });

  test("a table without a header, of classes, split by a share of each class", async () => {
    const lines = Array.from(
      { length: 50 },
      (_, row) => `${row};${row % 5 === 0 ? "rare" : "often"}`,
    );
    const options = {
      format: "csv",
      header: false,
      delimiter: ";",
      target: "1",
      test: { share: 0.2 },
    } as const;
    const view = await upload(
      options,
      { train: gzipped(Buffer.from(lines.join("\r\n"))) },
      "plain",
    );
    expect(view).toMatchObject({
      task: "classification",
      classNames: ["often", "rare"],
      trainRows: 40,
      testRows: 10,
      classCounts: [32, 8],
      details: { testClassCounts: [8, 2], format: "csv" },
    });
    const { train, test: testRows } = await stored("plain");
    const all = [...train.x, ...testRows.x].sort((a, b) => a - b);
    expect(all).toEqual([...Array(50).keys()]); // every row is in one of the two
    for (const [at, row] of train.x.entries()) expect(train.y[at]).toBe(row % 5 === 0 ? 1 : 0);

    // the same content again is the same version, another seed is another one
    expect(await upload(options, { train: lines.join("\n") }, "plain")).toMatchObject({
      version: 1,
    });
    const other = { ...options, test: { share: 0.2, seed: 1 } };
    expect(await upload(other, { train: lines.join("\n") }, "plain")).toMatchObject({ version: 2 });
    expect((await api.client.datasets.versions("plain")).items).toHaveLength(2);
    expect(await api.client.datasets.get("plain", { version: 1 })).toMatchObject({ version: 1 });
  });

  test("several labels a row", async () => {
    const train = "a,b,x\n1,0,5\ntrue,1,6\n0,0,7\n0,1,8\n";
    const view = await upload(
      { format: "csv", target: ["a", "b"], task: "multi_label" },
      { train, test: train },
      "labels",
    );
    expect(view).toMatchObject({ classNames: ["a", "b"], classCounts: [2, 2], inputShape: [1] });
    expect([...(await stored("labels")).train.y]).toEqual([1, 0, 1, 1, 0, 0, 0, 1]);
    const preview = await api.client.datasets.preview("labels");
    expect(preview).toEqual({
      kind: "table",
      columns: ["x"],
      rows: [
        { values: [5], target: "a" },
        { values: [6], target: "a, b" },
        { values: [7], target: "" },
        { values: [8], target: "b" },
      ],
    });
  });

  test("numbers as classes are in the order of numbers, ignored columns are none", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, row) => `id-${row},${row},${row % 4 === 0 ? 10 : 9}`,
    );
    const view = await upload(
      { format: "csv", target: "digit", task: "classification", ignore: ["id"] },
      { train: ["id,x,digit", ...rows].join("\n") },
      "digits",
    );
    expect(view).toMatchObject({ classNames: ["9", "10"], inputShape: [1] });
  });

  const OPTIONS = { format: "csv", target: "y" } as const;
  test.each<[string, DatasetOptionsInput, Parts, string, string]>([
    [
      "no number",
      OPTIONS,
      { train: "x,y\n1,2\n2,3\n", test: "x,y\nabc,1\n" },
      "test",
      'line 2, column "x": "abc" is no number',
    ],
    [
      "a missing value",
      OPTIONS,
      { train: "x,y\n1,2\n,3\n" },
      "train",
      'line 3, column "x": is missing',
    ],
    [
      "a missing target",
      { ...OPTIONS, missing: "fill" },
      { train: "x,y\n1,2\n2,\n" },
      "train",
      "a target",
    ],
    ["a ragged line", OPTIONS, { train: "x,y\n1,2\n1,2,3\n" }, "train", "line 3"],
    ["an open quote", OPTIONS, { train: 'x,y\n"1,2\n' }, "train", "CSV"],
    [
      "a text among numbers",
      OPTIONS,
      { train: "x,y\n1,2\n1o,3\n" },
      "train",
      'line 3, column "x": "1o" is no number',
    ],
    ["nothing", OPTIONS, { train: "" }, "train", "has no lines"],
    ["a header alone", OPTIONS, { train: "x,y\n" }, "train", "has no rows"],
    ["a target that is no column", OPTIONS, { train: "x,z\n1,2\n" }, "options.target", "x, z"],
    [
      "no features",
      { ...OPTIONS, ignore: ["x"] },
      { train: "x,y\n1,2\n" },
      "train",
      "no columns left",
    ],
    ["a column twice", OPTIONS, { train: "x,x,y\n1,2,3\n" }, "train", "two columns"],
    [
      "other columns in test",
      OPTIONS,
      { train: "x,y\n1,2\n", test: "y,x\n1,2\n" },
      "test",
      "columns",
    ],
    [
      "a category of test alone",
      OPTIONS,
      { train: "x,y\na,2\n", test: "x,y\nb,2\n" },
      "test",
      '"b" is none',
    ],
    [
      "an identifier",
      OPTIONS,
      { train: `x,y\n${Array.from({ length: 300 }, (_, i) => `n${i},1`).join("\n")}\n` },
      "train",
      "ignore",
    ],
    [
      "one class",
      { ...OPTIONS, task: "classification" },
      { train: "x,y\n1,a\n2,a\n" },
      "train",
      "one class:",
    ],
    [
      "a class of one row",
      OPTIONS,
      { train: "x,y\n1,a\n2,a\n3,b\n" },
      "train",
      'one row of class "b"',
    ],
    [
      "a number beyond float32",
      OPTIONS,
      { train: "x,y\n1e39,1\n2,1\n", test: "x,y\n3,1\n" },
      "train",
      '"1e39" is no number',
    ],
    ["one row", OPTIONS, { train: "x,y\n1,2\n" }, "train", "1 rows"],
  ])("%s is refused by name", async (_what, options, parts, path, words) => {
    await refused(upload(options, parts), path, words);
  });
});

describe("arrays", () => {
  const x = encodeNpy({ shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  const y = encodeNpy({ shape: [4], data: Int32Array.of(0, 1, 1, 2) });
  const pixels = encodeNpy({ shape: [6, 2, 2], data: Uint8Array.from(Array(24).keys()) });
  const labels = encodeNpy({ shape: [6], data: Uint8Array.of(0, 1, 0, 1, 0, 1) });

  test("in files of their own, with weights", async () => {
    const weights = encodeNpy({ shape: [4], data: Float32Array.of(1, 2, 0, 1) });
    const parts = { trainX: x, trainY: y, trainWeights: weights, testX: x, testY: y };
    const view = await upload({ format: "npy", class_names: ["a", "b", "c"] }, parts, "arrays");
    expect(view).toMatchObject({ task: "classification", inputShape: [2], classCounts: [1, 2, 1] });
    const { train } = await stored("arrays");
    expect([...train.x]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...train.y]).toEqual([0, 1, 1, 2]);
    expect([...(train.sampleWeight ?? [])]).toEqual([1, 2, 0, 1]);
  });

  test("in one .npz under Keras' names; uint8 stays bytes", async () => {
    const npz = zipOf({
      "x_train.npy": pixels,
      "y_train.npy": labels,
      "x_test.npy": pixels,
      "y_test.npy": labels,
    });
    const view = await upload({ format: "npy" }, { train: npz }, "mnist");
    expect(view).toMatchObject({ inputShape: [2, 2], classNames: ["0", "1"], testRows: 6 });
    expect((await stored("mnist")).train.x).toEqual(Uint8Array.from(Array(24).keys()));
  });

  test("floats are to be estimated, one-hot rows are classes", async () => {
    const targets = encodeNpy({ shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0) });
    const parts = { trainX: x, trainY: targets, testX: x, testY: targets };
    expect(await upload({ format: "npy" }, parts, "floats")).toMatchObject({ task: "regression" });
    const classes = { format: "npy", task: "classification" } as const;
    expect(await upload(classes, parts, "hot")).toMatchObject({ classCounts: [2, 2] });
    expect((await stored("hot")).train.y).toEqual(Uint8Array.of(0, 1, 1, 0));
  });

  const NPY = { format: "npy" } as const;
  const nan = encodeNpy({ shape: [4, 2], data: Float32Array.of(1, 2, 3, Number.NaN, 5, 6, 7, 8) });
  test.each<[string, DatasetOptionsInput, Parts, string, string]>([
    ["something else", NPY, { trainX: "hello", trainY: y }, "trainX", "is no .npy file"],
    ["NaN", NPY, { trainX: nan, trainY: y }, "trainX", "row 1 holds NaN at 1"],
    ["other rows in y", NPY, { trainX: pixels, trainY: y }, "trainY", "has 4 rows; trainX has 6"],
    ["no y", NPY, { trainX: x }, "trainY", "is missing"],
    ["test x without y", NPY, { trainX: x, trainY: y, testX: x }, "testY", "both x and y"],
    [
      "too few names",
      { ...NPY, class_names: ["a", "b"] },
      { trainX: x, trainY: y },
      "options.class_names",
      "needs 3",
    ],
    ["an .npz without x", NPY, { train: zipOf({ "z.npy": x }) }, "train", "np.savez"],
    ["no .npz", NPY, { train: x }, "train", "neither a zip"],
    ["half an .npz", NPY, { train: zipOf({ "x.npy": x }).slice(0, 80) }, "train", "zip archive"],
    [
      "labels that are no labels",
      { ...NPY, task: "multi_label" },
      { trainX: x, trainY: x },
      "trainY",
      "row 0 has 2",
    ],
  ])("%s is refused by name", async (_what, options, parts, path, words) => {
    await refused(upload(options, parts), path, words);
  });
});

describe("images", () => {
  type Colour = { r: number; g: number; b: number };
  const picture = (
    background: Colour | number,
    { side = 8, format = "png" as "png" | "jpeg" | "webp" } = {},
  ) => {
    const colour =
      typeof background === "number" ? { r: background, g: background, b: background } : background;
    const image = sharp({ create: { width: side, height: side, channels: 3, background: colour } });
    return (typeof background === "number" ? image.toColourspace("b-w") : image)
      [format]()
      .toBuffer();
  };
  let cats: Files;
  beforeAll(async () => {
    cats = {
      "pets/cat/1.png": await picture(10),
      "pets/cat/2.png": await picture(20),
      "pets/cat/3.PNG": await picture(30),
      "pets/dog/1.jpg": await picture(200, { format: "jpeg" }),
      "pets/dog/2.webp": await picture(210, { format: "webp" }),
      "pets/dog/3.png": await picture(220),
      "__MACOSX/pets/cat/._1.png": Buffer.from("debris"),
      "pets/readme.txt": Buffer.from("hello"),
    };
  });
  const IMAGES = { format: "images", test: { share: 1 / 3 } } as const;

  test("in folders of classes, from zip, tar and tar.gz alike", async () => {
    const view = await upload({ ...IMAGES, color: "grey" }, { train: zipOf(cats) }, "pets");
    expect(view).toMatchObject({
      task: "classification",
      inputShape: [8, 8],
      classNames: ["cat", "dog"],
      classCounts: [2, 2],
      details: {
        testClassCounts: [1, 1],
        skippedCount: 1,
        skipped: [{ file: "pets/readme.txt", reason: "is no .png, .jpg, .jpeg or .webp" }],
      },
    });
    const { train } = await stored("pets");
    expect(train.x[0]).toBeLessThan(40);
    expect(train.x.at(-1)).toBeGreaterThan(190);
    const tar = await tarOf(cats);
    for (const archive of [tar, gzipped(tar)])
      expect(await upload({ ...IMAGES, color: "grey" }, { train: archive }, "pets")).toEqual(view);
  });

  test("with folders train and test around them, resized, in colour", async () => {
    const red = { r: 250, g: 0, b: 0 };
    const train = zipOf({
      "data/train/red/a.png": await picture(red, { side: 20 }),
      "data/train/dark/b.png": await picture(3, { side: 9 }),
      "data/test/red/c.png": await picture(red, { side: 5 }),
    });
    const view = await upload(
      { format: "images", size: [4, 6], color: "rgb" },
      { train },
      "colours",
    );
    expect(view).toMatchObject({ inputShape: [4, 6, 3], trainRows: 2, testRows: 1 });
    const { train: rows, test: tested } = await stored("colours");
    expect([...tested.x.slice(0, 3)]).toEqual([250, 0, 0]);
    expect(tested.y).toEqual(Uint8Array.of(1));
    expect(rows.x).toHaveLength(2 * 4 * 6 * 3);
  });

  test("a preview shows the first of each class", async () => {
    expect(await api.client.datasets.preview("pets")).toEqual({
      kind: "images",
      columns: 8,
      tile: { width: 8, height: 8 },
      lines: [
        { name: "cat", rows: [0, 1] },
        { name: "dog", rows: [2, 3] },
      ],
    });
    const answer = await api.client.datasets.sprite("pets");
    expect(answer.headers.get("content-type")).toBe("image/png");
    const sprite = sharp(Buffer.from(await answer.arrayBuffer()));
    expect(await sprite.metadata()).toMatchObject({ width: 64, height: 16 });
    const pixels = await sprite.toColourspace("b-w").raw().toBuffer();
    expect(pixels[0]).toBeLessThan(40);
    expect(pixels[8 * 64]).toBeGreaterThan(190);
    expect(pixels[7 * 8]).toBe(0); // no eighth cat
  });

  test("a damaged file is named, and the rest kept, where the request says so", async () => {
    const whole = await picture(99);
    const damaged = {
      ...cats,
      "pets/cat/cut.png": whole.subarray(0, 60),
      "pets/dog/text.jpg": Buffer.from("no picture"),
      "../../etc/cat/out.png": whole,
      "alone.png": whole,
    };
    const grey = { ...IMAGES, color: "grey" } as const;
    const view = await upload({ ...grey, on_error: "skip" }, { train: zipOf(damaged) }, "damaged");
    expect(view).toMatchObject({ trainRows: 4, testRows: 2, details: { skippedCount: 5 } });
    expect(view.details.skipped.map(({ file }) => file).sort()).toEqual([
      "../../etc/cat/out.png",
      "alone.png",
      "pets/cat/cut.png",
      "pets/dog/text.jpg",
      "pets/readme.txt",
    ]);
    await baseline();
    await refused(upload(grey, { train: zipOf(damaged) }), "train", "pets/cat/cut.png: is damaged");
  });

  test("links and encrypted files are named, with what to do", async () => {
    const options = { ...IMAGES, color: "grey" } as const;
    const linked = await tarOf(cats, "pets/cat/link.png");
    const view = await upload({ ...options, on_error: "skip" }, { train: linked }, "links");
    expect(view.details.skipped).toContainEqual({
      file: "pets/cat/link.png",
      reason: "is a link, not a file: pack what it leads to",
    });
    await baseline();
    await refused(upload(options, { train: linked }), "train", "pets/cat/link.png: is a link");
    await refused(
      upload(options, { train: encryptedZip(zipOf(cats)) }),
      "train",
      "pets/cat/1.png: is encrypted: pack it without a password",
    );
  });

  test("pixels beyond measure, in a small file, are refused before they are decoded", async () => {
    const huge = await sharp({
      create: { width: 9000, height: 9000, channels: 3, background: "black" },
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    const archive = { ...cats, "pets/cat/huge.png": huge };
    const options: DatasetOptionsInput = { ...IMAGES, size: [8, 8] };
    await baseline();
    await refused(
      upload(options, { train: zipOf(archive) }),
      "train",
      "huge.png: has more than 50000000 pixels",
    );
  });

  test.each<[string, DatasetOptionsInput, () => Promise<Parts> | Parts, string, string]>([
    ["no archive", IMAGES, () => ({ train: "hello" }), "train", "neither a zip"],
    [
      "no images",
      IMAGES,
      () => ({ train: zipOf({ "a/b.txt": Buffer.from("x") }) }),
      "train",
      "such as a/b.txt",
    ],
    [
      "one class",
      IMAGES,
      async () => ({ train: zipOf({ "a/1.png": await picture(1) }) }),
      "train",
      'one class "a"',
    ],
    [
      "sizes that differ",
      IMAGES,
      async () => ({
        train: zipOf({ "a/1.png": await picture(1), "b/1.png": await picture(1, { side: 9 }) }),
      }),
      "train",
      "say size",
    ],
    ["half a zip", IMAGES, () => ({ train: zipOf(cats).slice(0, 200) }), "train", "zip archive"],
    [
      "a class of test alone",
      IMAGES,
      async () => ({ train: zipOf({ ...cats, "test/owl/1.png": await picture(1) }) }),
      "test",
      '"owl"',
    ],
    [
      "files of another format",
      IMAGES,
      () => ({ trainX: "x" }),
      "trainX",
      "is no file of format images",
    ],
  ])("%s is refused by name", async (_what, options, parts, path, words) => {
    await refused(upload(options, await parts()), path, words);
  });

  test.each(["zip", "tar.gz"])("a %s that inflates beyond the limit stops there", async (kind) => {
    const bomb = { "a/1.png": new Uint8Array(LIMIT + 1), "b/1.png": new Uint8Array(9) };
    const train = kind === "zip" ? zipOf(bomb) : gzipped(await tarOf(bomb));
    expect(train.length).toBeLessThan(LIMIT / 100);
    await baseline();
    await expect(upload({ ...IMAGES, on_error: "skip" }, { train })).rejects.toMatchObject({
      code: "payload_too_large",
      message: expect.stringContaining("inflate"),
    });
    await nothingStored();
  });
});

test("while a large upload is converted, the API answers", async () => {
  const lines = Array.from({ length: 60_000 }, (_, row) => `${row},${row * 2},${row % 7}`);
  let done = false;
  const converting = upload(
    { format: "csv", target: "y" },
    { train: ["a,b,y", ...lines].join("\n") },
    "large",
  ).then(() => {
    done = true;
  });
  let longest = 0;
  let asked = 0;
  while (!done) {
    const started = performance.now();
    await api.client.datasets.list();
    longest = Math.max(longest, performance.now() - started);
    asked++;
  }
  await converting;
  expect(asked).toBeGreaterThan(10);
  expect(longest).toBeLessThan(1000);
});

const baseline = async () => {
  before = { rows: await api.rowCounts(), files: await storedFiles() };
};
beforeEach(baseline);

const nothingStored = async () =>
  expect({ rows: await api.rowCounts(), files: await storedFiles() }).toEqual(before);

/** The upload fails by the file (or option) `path`, with `words`, and leaves nothing behind. */
async function refused(uploading: Promise<unknown>, path: string, words: string): Promise<void> {
  const error = await uploading.then(
    () => undefined,
    (reason: unknown) => reason as { errors: { path: string; message: string }[]; message: string },
  );
  expect(error?.errors).toEqual([expect.objectContaining({ path })]);
  expect(error?.message).toContain(words);
  await nothingStored();
}
