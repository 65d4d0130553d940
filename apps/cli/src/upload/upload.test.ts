import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UploadDataset } from "@sweepyard/client";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPng, writeTinyDataset } from "../testing/tinyDataset.js";
import { prepareUpload } from "./prepareUpload.js";
import { addUploadOptions, type UploadOptions } from "./uploadOptions.js";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sweepyard-cli-"));
  await writeTinyDataset(at("idx"), 4);
  for (const name of ["cat", "dog"]) {
    await mkdir(at("pets", "train", name), { recursive: true });
    await writeFile(at("pets", "train", name, "1.png"), tinyPng(0));
  }
  await mkdir(at("empty"));
  for (const name of [
    "a.csv",
    "b.tsv",
    "test.csv",
    "x.npy",
    "y.npy",
    "all.npz",
    "pets.zip",
    "a.doc",
  ])
    await writeFile(at(name), name);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What would be sent for these words of the command line: its options, and each file's text. */
async function sent(path: string, words: string) {
  const command = addUploadOptions(new Command().exitOverride());
  command.parse(["--name", "made", ...words.split(" ").filter((word) => word !== "")], {
    from: "user",
  });
  return prepareUpload(at(path), command.opts<UploadOptions>(), async (upload: UploadDataset) => {
    if (!("options" in upload)) return { classNames: upload.classNames };
    const files = Object.entries(upload.files).map(async ([part, blob]) => [
      part,
      (await blob?.text()) ?? "",
    ]);
    return {
      options: JSON.parse(JSON.stringify(upload.options)),
      files: Object.fromEntries(await Promise.all(files)),
    };
  });
}

test("a table, its columns and its test rows", async () => {
  const words = `--target price --weight w --ignore id,when --missing fill --no-header --test ${at("test.csv")}`;
  expect(await sent("a.csv", words)).toEqual({
    options: {
      format: "csv",
      target: ["price"],
      weight: "w",
      ignore: ["id", "when"],
      missing: "fill",
      header: false,
      test: {},
    },
    files: { train: "a.csv", test: "test.csv" },
  });
  expect(await sent("b.tsv", "--target a,b --task multi_label")).toMatchObject({
    options: { delimiter: "\t", target: ["a", "b"], task: "multi_label" },
  });
});

test("what divides a table's cells is told by its first line, unless that has a comma", async () => {
  await writeFile(at("c.csv"), "a;b;kind\n1,5;2;x\n");
  await writeFile(at("d.csv"), '"x;y",kind\n1,x\n');
  await writeFile(at("e.csv"), '"x,y"|kind\n1|x\n');
  const delimiterOf = async (file: string) => (await sent(file, "--target kind")).options.delimiter;
  expect(await delimiterOf("c.csv")).toBe(";");
  expect(await delimiterOf("d.csv")).toBeUndefined();
  expect(await delimiterOf("e.csv")).toBe("|");
});

test("arrays in one file or several", async () => {
  expect(await sent("all.npz", "--test-share 0.3 --test-seed 4")).toEqual({
    options: { format: "npy", test: { share: 0.3, seed: 4 } },
    files: { train: "all.npz" },
  });
  expect(await sent("x.npy", `--y ${at("y.npy")}`)).toMatchObject({
    files: { trainX: "x.npy", trainY: "y.npy" },
  });
});

test("an archive as it is, a folder of images packed", async () => {
  expect(await sent("pets.zip", "--size 28x32 --color grey --on-error skip")).toEqual({
    options: { format: "images", size: [28, 32], color: "grey", on_error: "skip", test: {} },
    files: { train: "pets.zip" },
  });
  const packed = await sent("pets", "--size 8");
  expect(packed).toMatchObject({ options: { size: [8, 8] } });
  expect(packed.files.train).toContain("train/cat/1.png");
  expect(packed.files.train).toContain("train/dog/1.png");
});

test("MNIST's four files in a folder", async () => {
  expect(await sent("idx", "--classes a,b")).toEqual({ classNames: ["a", "b"] });
});

test.each([
  ["idx", "", "--classes names"],
  ["a.csv", "", "--target says"],
  ["x.npy", "", "--y names"],
  ["a.doc", "", "is no file that can be uploaded"],
  ["nowhere.csv", "", "can't be read"],
  ["empty", "", "holds no files"],
  ["a.csv", "--target x --test nowhere.csv", "nowhere.csv can't be read"],
])("%s %s is refused", async (path, words, message) => {
  await expect(sent(path, words)).rejects.toThrow(message);
});
