import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Id, newId } from "@sweepyard/contract";
import type {} from "@sweepyard/local/testing";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { collectFiles, dropReplacedCheckpoint } from "../collectFiles.js";
import { finishRun } from "../finishRun.js";
import { migrate } from "../migrate.js";
import { MIGRATIONS_DIR, readMigrations } from "../migrationFiles.js";
import { promoteRun } from "../promoteRun.js";
import { reconcile } from "../reconcile.js";
import {
  addRun,
  addSweep,
  addSweepRuns,
  claim,
  completedWith,
  createTestDatabase,
  fakeFile,
  report,
  seedProject,
  type TestDatabase,
} from "../testing.js";
import { withClient } from "../withClient.js";
import { backUp } from "./backUp.js";
import { keptTables } from "./keptTables.js";
import { restore } from "./restore.js";

let folder: string;
let into: string;
let source: TestDatabase;
let target: TestDatabase;
let workerId: Id;
let projectId: Id;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backup-"));
  into = join(folder, "backups");
  source = await createTestDatabase(inject("postgresUrl"), { artifactsDir: dirOf("source") });
  target = await createTestDatabase(inject("postgresUrl"), { artifactsDir: dirOf("target") });
  ({ projectId, workerId } = await seedProject(source.db));
  for (const content of ["train images", "train labels", "test images", "test labels"])
    await keep(content);
});
afterEach(async () => {
  await source.drop();
  await target.drop();
  await rm(folder, { recursive: true });
});

const dirOf = (name: string) => join(folder, name);
/** Stores the bytes that `fakeFile` names. */
const keep = (content: string) => source.db.artifacts.put(Buffer.from(content));
const takeBackup = (options: { allowMissing?: boolean } = {}) =>
  backUp({ url: source.url, artifactsDir: dirOf("source"), into, ...options });
const bringBack = (from = into) =>
  restore({ url: target.url, artifactsDir: dirOf("target"), from });

/** Every row of every table that a backup keeps, as JSON. */
const contentOf = (url: string) =>
  withClient(url, "test", async (client) => {
    const content: Record<string, unknown[]> = {};
    for (const { name } of await keptTables(client)) {
      const { rows } = await client.query(`select to_jsonb(t) as row from "${name}" t order by 1`);
      content[name] = rows.map(({ row }) => row as unknown);
    }
    return content;
  });

async function completeRun(): Promise<Id> {
  const { id } = await addRun(source.db, projectId, "tab\there \\N and “quotes”\nand a line");
  const run = await claim(source.db, id, workerId);
  await report(source.db, run, 1, Number.NaN);
  await keep(`${id} attempt 1 epoch 1`);
  await finishRun(source.db, { runId: id, attempt: 1 }, completedWith(0.9));
  await keep("weights");
  await keep("model 0.9");
  return id;
}

/** A run that trains, its checkpoint stored. */
async function trainingRun() {
  const sweep = await addSweep(source.db, projectId);
  const [id = ""] = await addSweepRuns(source.db, sweep.id, [{ x: 0.5 }]);
  const run = await claim(source.db, id, workerId);
  await report(source.db, run, 1);
  await keep(`${id} attempt 1 epoch 1`);
  return run;
}

test("every row of every table comes back, and every file", async () => {
  const runId = await completeRun();
  await promoteRun(source.db, projectId, { keyId: newId(), keyName: "tester" }, runId, {
    model: "m",
    alias: "champion",
    reason: "",
    licence: "",
    tags: [],
  });
  const { manifest } = await takeBackup();
  const { runsQueued } = await bringBack();
  expect(runsQueued).toBe(0);
  const [before, after] = [await contentOf(source.url), await contentOf(target.url)];
  expect(before.workers).toMatchObject([{ state: "active" }]);
  expect(after.workers).toMatchObject([{ state: "stopped" }]);
  expect({ ...after, workers: [] }).toEqual({ ...before, workers: [] });
  expect(manifest.files.count).toBe(7);
  expect(await readdir(dirOf("target"))).toHaveLength((await readdir(dirOf("source"))).length);
  // The restored project works on: ids and numbers go on where they were.
  const next = await addRun(target.db, projectId);
  expect(next.number).toBe(2);
});

test("a run that was training is queued again at no cost, from its checkpoint", async () => {
  const run = await trainingRun();
  await takeBackup();
  expect((await bringBack()).runsQueued).toBe(1);
  const row = await target.db.prisma.run.findUniqueOrThrow({ where: { id: run.id } });
  expect(row).toMatchObject({
    state: "queued",
    stateReason: "restored from a backup",
    failures: 0,
    epoch: 1,
    generation: 2,
  });
  const { requeue } = await reconcile(target.db, { leaseGraceMs: 0 });
  expect(requeue).toMatchObject([{ runId: run.id, generation: 2 }]);
  const other = await claim(target.db, run.id, workerId);
  expect(other.resume).toMatchObject({ epoch: 1 });
});

test("a checkpoint that is replaced while the backup is taken is in it all the same", async () => {
  const run = await trainingRun();
  const old = fakeFile(`${run.id} attempt 1 epoch 1`);
  let taken: Promise<unknown> | undefined;
  await withClient(source.url, "test", async (client) => {
    await client.query("begin; lock table model_aliases in access exclusive mode");
    taken = takeBackup();
    taken.catch(() => {});
    // Its snapshot is made; it waits for a table.
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          "select 1 from pg_locks where not granted and relation = 'model_aliases'::regclass",
        );
        return rows.length;
      })
      .toBe(1);
    await keep(`${run.id} attempt 1 epoch 2`);
    const answer = await report(source.db, run, 2);
    expect(answer).toMatchObject({ owned: true });
    await dropReplacedCheckpoint(source.db, old.sha256);
    await client.query("commit");
  });
  await taken;
  await bringBack();
  expect(await target.db.artifacts.has(old.sha256)).toBe(true);
  expect(await target.db.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({
    epoch: 1,
  });
  // It was only put off.
  await dropReplacedCheckpoint(source.db, old.sha256);
  expect(await source.db.artifacts.has(old.sha256)).toBe(false);
  expect(await collectFiles(source.db, 0)).toBe(0);
});

test("the next backup copies only files that are new, and the newest is restored", async () => {
  await takeBackup();
  const runId = await completeRun();
  const kept = fakeFile("train images").sha256;
  const path = join(into, "artifacts", kept.slice(0, 2), kept);
  await writeFile(path, "TRAIN IMAGES"); // copied again, it would be mended
  await takeBackup();
  expect(await readFile(path, "utf8")).toBe("TRAIN IMAGES");
  await writeFile(path, "train images");
  await bringBack();
  expect(await target.db.prisma.run.count({ where: { id: runId } })).toBe(1);
});

test("a file that is missing or damaged ends it, with its name, unless that is allowed", async () => {
  const { sha256 } = fakeFile("test labels");
  const path = source.db.artifacts.path(sha256);
  await writeFile(path, "TEST LABELS");
  await expect(takeBackup()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(`damaged: ${sha256}`),
  });
  await rm(path);
  await expect(takeBackup()).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringMatching(`missing in .*: ${sha256}`),
  });
  expect(await readdir(into)).toEqual(["artifacts"]);
  const { manifest } = await takeBackup({ allowMissing: true });
  expect(manifest.missing).toEqual([sha256]);
  await bringBack();
  expect(await target.db.prisma.dataset.count()).toBe(1);
});

test("damage to a backup is told, and nothing is restored", async () => {
  const { folder: backup } = await takeBackup();
  const kept = fakeFile("train labels").sha256;
  const file = join(into, "artifacts", kept.slice(0, 2), kept);
  await writeFile(file, "TRAIN LABELS");
  await expect(bringBack()).rejects.toThrow(`damaged: ${kept}`);
  await writeFile(file, "train labels");

  const table = join(backup, "tables", "workers.copy.gz");
  const rows = gunzipSync(await readFile(table));
  await writeFile(table, gzipSync(""));
  await expect(bringBack()).rejects.toThrow(/0 rows in place of 1: the backup is damaged/);
  await writeFile(table, gzipSync(rows).subarray(0, -9));
  await expect(bringBack()).rejects.toThrow(/workers\.copy\.gz can't be loaded/);
  expect(await target.db.prisma.project.count()).toBe(0);

  await writeFile(table, gzipSync(rows));
  await bringBack();
  expect(await target.db.prisma.worker.count()).toBe(1);
});

test("only an empty database is restored into, and only from a backup that is known", async () => {
  const { folder: backup, manifest } = await takeBackup();
  await expect(bringBack(folder)).rejects.toMatchObject({ code: "not_found" });
  await writeFile(
    join(backup, "manifest.json"),
    JSON.stringify({ ...manifest, migrations: ["29990101000000_wonders"] }),
  );
  await expect(bringBack()).rejects.toThrow(/29990101000000_wonders.*or a newer one/);
  await writeFile(join(backup, "manifest.json"), "{");
  await expect(bringBack()).rejects.toThrow(/manifest\.json is no manifest/);
  await writeFile(join(backup, "manifest.json"), JSON.stringify(manifest));
  await seedProject(target.db, "other");
  await expect(bringBack()).rejects.toThrow(/in use \(it has the project "other"\)/);
});

test("a backup of an older version is brought up to date", async () => {
  const [first] = await readMigrations(MIGRATIONS_DIR);
  const [from, to] = [await emptyDatabase("older"), await emptyDatabase("newer")];
  await migrate(from, { only: [first?.name ?? ""] });
  await withClient(from, "test", (client) =>
    client.query(`insert into projects (id, name) values (gen_random_uuid(), 'old')`),
  );
  await backUp({ url: from, artifactsDir: dirOf("none"), into });
  await restore({ url: to, artifactsDir: dirOf("none2"), from: into });
  expect(await migrate(to)).toEqual([]);
  const content = await contentOf(to);
  expect(content.projects).toMatchObject([{ name: "old" }]);
  expect(Object.keys(content)).toContain("sweep_log");
});

/** Not even migrated; it goes with the server. */
async function emptyDatabase(name: string): Promise<string> {
  const url = new URL(source.url);
  const own = `${url.pathname.slice(1)}_${name}`;
  await withClient(source.url, "test", (client) => client.query(`create database ${own}`));
  url.pathname = own;
  return url.href;
}
