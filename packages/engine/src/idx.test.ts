import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectIdx, readIdx } from "./idx.js";
import { readIdxDataset } from "./idxDataset.js";

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + shape.length * 4);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((axis, index) => {
    header.writeUInt32BE(axis, 4 + index * 4);
  });
  return Buffer.concat([header, Buffer.from(values)]);
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const images = idx([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
const labels = idx([3], [1, 0, 1]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweepyard-idx-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe.each([
  ["raw", (bytes: Buffer) => bytes],
  ["gzip", (bytes: Buffer) => gzipSync(bytes)],
])("%s", (kind, pack) => {
  test.each([1, 3, 1000])("in pieces of %d bytes", async (size) => {
    const summary = await inspectIdx(inPieces(pack(labels), size), "labels");
    expect(summary.shape).toEqual([3]);
    expect(summary.valueCounts.slice(0, 3)).toEqual([1, 2, 0]);
  });

  test("as a file", async () => {
    const { shape, data } = await readIdx(await file(`whole-${kind}`, pack(images)));
    expect(shape).toEqual([3, 2, 2]);
    expect([...data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
  });
});

test.each([
  ["empty", Buffer.alloc(0), "ends after 0 bytes"],
  ["cut off in its header", images.subarray(0, 9), "ends after 9 bytes"],
  ["cut off in its values", images.subarray(0, 20), "4 of 12 bytes of shape [3, 2, 2]"],
  ["too long", Buffer.concat([images, Buffer.of(1)]), "more than the 12 bytes"],
  ["a PNG", Buffer.from("89504e470d0a1a0a", "hex"), "89504e47"],
  ["of floats", Buffer.from("00000d0100000001", "hex"), "00000d01"],
  ["of a shape beyond all memory", idx([60_000, 65_536, 28], []), "is the most"],
  ["cut-off gzip", gzipSync(images).subarray(0, 25), "no whole gzip file"],
  ["gzip with a flipped bit", flipped(gzipSync(images)), "no whole gzip file"],
  ["gzip of something else", gzipSync("hello, world"), "68656c6c"],
])("a file that is %s is refused by name", async (_, bytes, message) => {
  const refused = inspectIdx(inPieces(bytes, 7), "train images");
  await expect(refused).rejects.toMatchObject({
    code: "data_invalid",
    message: expect.stringMatching(/^train images /),
  });
  await expect(refused).rejects.toThrow(message);
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const last = copy.length - 6; // in the checksum
  copy[last] = (copy[last] ?? 0) ^ 1;
  return copy;
}

test("a gzip bomb stops when it has given more than its header says", async () => {
  const bomb = gzipSync(Buffer.concat([labels, Buffer.alloc(50_000_000)]));
  let read = 0;
  const counted = (async function* () {
    for await (const piece of inPieces(bomb, 1024)) {
      read += piece.length;
      yield piece;
    }
  })();
  await expect(inspectIdx(counted, "labels")).rejects.toThrow("labels has more than the 3 bytes");
  expect(read).toBeLessThan(bomb.length);
});

test("a file that is not there is no broken file", async () => {
  await expect(readIdx(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
});

describe("four files", () => {
  const dataset = async (changes: Record<string, Buffer>, classNames = ["a", "b"]) => {
    const files = {
      trainImages: images,
      trainLabels: labels,
      testImages: images,
      testLabels: labels,
    };
    const paths = { ...files } as unknown as Record<keyof typeof files, string>;
    for (const [name, bytes] of Object.entries({ ...files, ...changes }))
      paths[name as keyof typeof files] = await file(name, bytes);
    return readIdxDataset(paths, classNames);
  };

  test("make a data set", async () => {
    const { inputShape, train, test: testRows } = await dataset({});
    expect(inputShape).toEqual([2, 2]);
    expect(train.count).toBe(3);
    expect(testRows.y).toEqual(Uint8Array.of(1, 0, 1));
  });

  test.each([
    ["labels fewer than images", { trainLabels: idx([2], [0, 1]) }, "train labels have shape [2]"],
    ["labels for images", { testImages: labels }, "test images have shape []"],
    ["images of other sizes", { testImages: idx([3, 1, 1], [1, 2, 3]) }, "they must agree"],
    ["a label without a class", { testLabels: idx([3], [0, 1, 2]) }, "row 2 has class 2"],
    ["no rows", { trainImages: idx([0, 2, 2], []) }, "train images have shape [0, 2, 2]"],
  ])("%s are refused", async (_, changes: Record<string, Buffer>, message) => {
    const refused = dataset(changes);
    await expect(refused).rejects.toMatchObject({ code: "data_invalid" });
    await expect(refused).rejects.toThrow(message);
  });
});
