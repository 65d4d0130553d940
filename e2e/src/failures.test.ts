import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Command, processesOf, sharedDownloads, temporaryHome } from "./system.js";

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home.remove());

/** Runs the demo and expects it to give up with one line about `what`. */
async function expectRefusal(env: Record<string, string>, what: RegExp): Promise<void> {
  const all = { SWEEPYARD_HOME: home.path, ...sharedDownloads, ...env };
  const { code, stderr, stdout } = await new Command(["demo", "--epochs", "1"], all).finished;
  const complaints = stderr.split("\n").filter((line) => line.startsWith("sweepyard: "));
  expect(complaints, stdout + stderr).toEqual([expect.stringMatching(what)]);
  expect(stderr).not.toMatch(/^\s+at /m); // no stack trace
  expect(code).not.toBe(0);
  expect(await processesOf(home.path)).toEqual([]);
}

test("a data file that is not Fashion-MNIST is refused by name and sum", async () => {
  const datasets = join(home.path, "wrong");
  await mkdir(join(datasets, "fashion-mnist"), { recursive: true });
  for (const name of [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
  ])
    await writeFile(join(datasets, "fashion-mnist", name), gzipSync("not the images"));
  await expectRefusal(
    { SWEEPYARD_DATASETS: datasets },
    /train-images-idx3-ubyte\.gz.*c59f468a2f67/,
  );
});

test("a broken archive is refused by name", async () => {
  const datasets = join(home.path, "broken");
  await mkdir(join(datasets, "fashion-mnist"), { recursive: true });
  for (const name of [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
  ])
    await writeFile(join(datasets, "fashion-mnist", name), "no gzip at all");
  await expectRefusal({ SWEEPYARD_DATASETS: datasets }, /train-images-idx3-ubyte\.gz/);
});

test("a folder of data sets that is not there is named", async () => {
  const datasets = join(home.path, "nowhere");
  await expectRefusal({ SWEEPYARD_DATASETS: datasets }, /SWEEPYARD_DATASETS.*nowhere.*no folder/);
});

test("a port in use is named", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    await expectRefusal({ API_PORT: String(port) }, new RegExp(`port ${port}.*in use`));
  } finally {
    server.close();
  }
});

test("a Redis that does not answer is named, with what to do", async () => {
  await expectRefusal({ REDIS_URL: "redis://127.0.0.1:1" }, /REDIS_URL/);
});

test("without any Redis to be had it says how to get one", async () => {
  const bin = join(home.path, "bin");
  await mkdir(bin);
  // Everything that is on this PATH, but no Redis and no way to unpack one.
  const hidden = /^(redis|valkey|apt|dpkg)/;
  for (const folder of (process.env.PATH ?? "").split(delimiter))
    for (const name of await readdir(folder).catch(() => []))
      if (!hidden.test(name)) await symlink(join(folder, name), join(bin, name)).catch(() => {});
  await expectRefusal({ PATH: bin }, /no Redis.*(REDIS_URL|apt install)/);
});

test("a database that does not answer is named", async () => {
  await expectRefusal(
    { DATABASE_URL: "postgres://nobody:secret@127.0.0.1:1/none" },
    /(?!.*secret).*127\.0\.0\.1:1/,
  );
});
