import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {} from "@sweepyard/local/testing";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { connect } from "./connect.js";
import { migrate, pendingMigrations } from "./migrate.js";
import { MIGRATIONS_DIR } from "./migrationFiles.js";

let dir: string;
let url: string;
let name: string;
const admin = async (statement: string) => {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};
const query = async (statement: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(statement).finally(() => client.end())).rows;
};
const addMigration = async (folder: string, sql: string) => {
  await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, folder, "migration.sql"), sql);
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "migrations-"));
  name = `migrate_${process.pid}_${Date.now()}_${Math.floor(performance.now())}`;
  await admin(`create database ${name}`);
  const address = new URL(inject("postgresUrl"));
  address.pathname = `/${name}`;
  url = address.href;
});
afterEach(async () => {
  await admin(`drop database ${name} with (force)`);
  await rm(dir, { recursive: true });
});

test("migrations are applied in order, once, and kept in Prisma's book", async () => {
  await addMigration("2_more", "alter table one add column b int; insert into one values (1, 2);");
  await addMigration("1_first", "create table one (a int);");
  const applied: string[] = [];
  const onApplied = (migration: string) => void applied.push(migration);
  expect(await migrate(url, { dir, onApplied })).toEqual(["1_first", "2_more"]);
  expect(applied).toEqual(["1_first", "2_more"]);
  expect(await migrate(url, { dir })).toEqual([]);
  await addMigration("3_later", "insert into one values (3, 4);");
  expect(await migrate(url, { dir })).toEqual(["3_later"]);
  expect(await query("select a, b from one order by a")).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
  const book = await query(
    `select migration_name, length(checksum) as checksum, applied_steps_count as steps,
       finished_at is not null as finished, rolled_back_at
     from _prisma_migrations order by migration_name`,
  );
  expect(book[0]).toEqual({
    migration_name: "1_first",
    checksum: 64,
    steps: 1,
    finished: true,
    rolled_back_at: null,
  });
});

test("five migrate at once: each migration is applied by one of them", async () => {
  await addMigration("1_first", "create table one (a int); insert into one values (1);");
  await addMigration("2_second", "insert into one values (2);");
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url, { dir })));
  expect(answers.flat()).toEqual(["1_first", "2_second"]);
  expect(await query("select count(*)::int as n from one")).toEqual([{ n: 2 }]);
});

test("a migration that changed after it was applied is refused", async () => {
  await addMigration("1_first", "create table one (a int);");
  await migrate(url, { dir });
  await addMigration("1_first", "create table one (a bigint);");
  await addMigration("2_second", "create table two (a int);");
  const refused = migrate(url, { dir });
  await expect(refused).rejects.toMatchObject({ code: "conflict" });
  await expect(refused).rejects.toThrow("migration 1_first has changed since it was applied");
  expect(await query("select to_regclass('two') as two")).toEqual([{ two: null }]);
});

test("a migration that fails leaves nothing behind and can be mended", async () => {
  await addMigration("1_first", "create table one (a int);");
  await addMigration("2_broken", "create table two (a int); create table one (a int);");
  const failed = migrate(url, { dir });
  await expect(failed).rejects.toThrow(/migration 2_broken failed: .*already exists/);
  expect(await query("select to_regclass('two') as two")).toEqual([{ two: null }]);
  await addMigration("2_broken", "create table two (a int);");
  expect(await migrate(url, { dir })).toEqual(["2_broken"]);
});

test("a database that is newer than this program, or half migrated, is left alone", async () => {
  await addMigration("1_first", "create table one (a int);");
  await migrate(url, { dir });
  await query("update _prisma_migrations set migration_name = '9_future'");
  await expect(migrate(url, { dir })).rejects.toThrow("run a newer version");
  await query("update _prisma_migrations set migration_name = '1_first', finished_at = null");
  await expect(migrate(url, { dir })).rejects.toThrow("was begun and never finished");
});

test("pendingMigrations says what is missing, also before the first", async () => {
  await cp(MIGRATIONS_DIR, dir, { recursive: true });
  const db = connect({ url, pool: 1 });
  try {
    const all = await pendingMigrations(db, dir);
    expect(all.length).toBeGreaterThan(0);
    expect(await migrate(url, { dir })).toEqual(all);
    expect(await pendingMigrations(db, dir)).toEqual([]);
    await addMigration("99999999999999_next", "select 1;");
    expect(await pendingMigrations(db, dir)).toEqual(["99999999999999_next"]);
  } finally {
    await db.close();
  }
});

test("a Postgres that is not there is unavailable", async () => {
  await expect(migrate("postgres://nobody@127.0.0.1:1/none", { dir })).rejects.toMatchObject({
    code: "unavailable",
  });
});
