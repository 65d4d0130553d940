import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import type { DownloadProgress } from "./downloadProgress.js";
import { type FashionMnistFiles, fetchFashionMnist } from "./fashionMnist.js";
import { homeFolder } from "./homeFolder.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** The true files, from wherever this machine has them or can get them. */
let real: FashionMnistFiles;
beforeAll(async () => {
  real = await fetchFashionMnist({ dir: join(homeFolder(), "datasets", "fashion-mnist") });
}, 300_000);

const names = {
  trainImages: "train-images-idx3-ubyte.gz",
  trainLabels: "train-labels-idx1-ubyte.gz",
  testImages: "t10k-images-idx3-ubyte.gz",
  testLabels: "t10k-labels-idx1-ubyte.gz",
} as const;
const keys = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;
const nowhere = { systemDir: "/no/such/folder", useDebian: false };

async function fill(dir: string) {
  await mkdir(dir, { recursive: true });
  for (const key of keys) await copyFile(real[key], join(dir, names[key]));
}

test("hands out the machine's own copy without copying it", async () => {
  await using folder = await temporaryFolder();
  const systemDir = join(folder.path, "system");
  await fill(systemDir);
  const files = await fetchFashionMnist({ dir: join(folder.path, "mine"), systemDir });
  expect(files.trainImages).toBe(join(systemDir, names.trainImages));
  expect(await readdir(folder.path)).toEqual(["system"]);
});

test("accepts other compressions of the same bytes", async () => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  const labels = join(folder.path, names.testLabels);
  await writeFile(labels, gzipSync(gunzipSync(await readFile(labels)), { level: 1 }));
  const files = await fetchFashionMnist({ dir: folder.path, ...nowhere });
  expect(files.testLabels).toBe(labels);
});

test("one wrong byte gives one line with the file, both sums and what to do", async () => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  const labels = join(folder.path, names.testLabels);
  const bytes = gunzipSync(await readFile(labels));
  bytes[100] = ((bytes[100] ?? 0) + 1) % 10;
  await writeFile(labels, gzipSync(bytes));
  const failure = await fetchFashionMnist({ dir: folder.path, ...nowhere }).catch((e) => e);
  expect(failure).toMatchObject({ code: "data_invalid" });
  expect(failure.message).toMatch(
    /t10k-labels-idx1-ubyte\.gz .*should be 0402a96d\w{56} and is (?!0402)\w{64}; delete it/,
  );
  expect(failure.message).not.toContain("\n");
});

test("a truncated file is called broken, not a crash", async () => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  const labels = join(folder.path, names.testLabels);
  await writeFile(labels, (await readFile(labels)).subarray(0, 2000));
  await expect(fetchFashionMnist({ dir: folder.path, ...nowhere })).rejects.toMatchObject({
    code: "data_invalid",
    message: expect.stringContaining("none (unexpected end of file)"),
  });
});

test("downloads only what is missing from the origin, reporting bytes, and keeps it", async () => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  const labels = join(folder.path, names.testLabels);
  const content = await readFile(labels);
  await rm(labels);
  const asked: string[] = [];
  await using origin = await serve((path) => {
    asked.push(path);
    return content;
  });
  const seen: DownloadProgress[] = [];
  const options = { dir: folder.path, ...nowhere, origin: origin.url };
  const files = await fetchFashionMnist({ ...options, onProgress: (p) => seen.push(p) });
  expect(asked).toEqual([`/${names.testLabels}`]);
  expect(seen.at(-1)).toMatchObject({ bytes: content.length, totalBytes: content.length });
  expect(await readFile(files.testLabels)).toEqual(content);
  expect((await readdir(folder.path)).sort()).toEqual(Object.values(names).sort());
});

test("an origin that sends something else is not believed, and nothing is kept", async () => {
  await using folder = await temporaryFolder();
  await using origin = await serve(() => gzipSync("<html>"));
  await expect(
    fetchFashionMnist({ dir: folder.path, ...nowhere, origin: origin.url }),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/could not be fetched.*should be c59f468a.*SWEEPYARD_DATASETS/),
  });
  expect(await readdir(folder.path)).toEqual([]);
});

async function serve(answer: (path: string) => Buffer) {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? "");
    response.setHeader("content-length", body.length).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
