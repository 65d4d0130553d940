import { randomUUID } from "node:crypto";
import { AppError } from "@sweepyard/contract";
import type pg from "pg";
import type { Db } from "./connect.js";
import { MIGRATIONS_DIR, type MigrationFile, readMigrations } from "./migrationFiles.js";
import { withClient } from "./withClient.js";

export interface MigrateOptions {
  /** Folder of `<time>_<name>/migration.sql`. Default: prisma/migrations of this repository. */
  readonly dir?: string;
  /** Of those that are missing, only these; default: all. */
  readonly only?: readonly string[];
  readonly onApplied?: (name: string) => void;
}

/** The one that `prisma migrate` takes, so that the two exclude each other. */
const ADVISORY_LOCK = 72_707_369;

/**
 * Applies the migrations that are missing, one transaction each, under an advisory lock, and
 * keeps the book that `prisma migrate deploy` keeps.
 * @returns names of those applied.
 * @throws {AppError} `conflict` if one that is applied has changed, or is not known here;
 *   `unavailable` if Postgres does not answer; `internal` naming the migration whose SQL failed.
 *   A migration that fails leaves nothing behind.
 */
export async function migrate(
  url: string,
  { dir = MIGRATIONS_DIR, only, onApplied = () => {} }: MigrateOptions = {},
): Promise<string[]> {
  const files = await readMigrations(dir);
  // The lock goes with the connection.
  return withClient(url, "migrate", async (client) => {
    await client.query("select pg_advisory_lock($1)", [ADVISORY_LOCK]);
    await client.query(BOOK);
    const applied = await readBook(client);
    requireUnchanged(files, applied);
    const missing = files.filter(
      ({ name }) =>
        !applied.some((row) => row.name === name) && (only === undefined || only.includes(name)),
    );
    for (const file of missing) {
      await applyMigration(client, file);
      onApplied(file.name);
    }
    return missing.map(({ name }) => name);
  });
}

/** Names of migrations that are not applied yet: not ready to serve while there are any. */
export async function pendingMigrations(db: Db, dir: string = MIGRATIONS_DIR): Promise<string[]> {
  const files = await readMigrations(dir);
  const [book] = await db.prisma.$queryRaw<{ exists: boolean }[]>`
    select to_regclass('_prisma_migrations') is not null as exists`;
  if (!book?.exists) return files.map(({ name }) => name);
  const applied = await db.prisma.$queryRaw<{ name: string }[]>`
    select migration_name as name from _prisma_migrations
    where finished_at is not null and rolled_back_at is null`;
  const names = new Set(applied.map(({ name }) => name));
  return files.map(({ name }) => name).filter((name) => !names.has(name));
}

const BOOK = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

interface Applied {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

async function readBook(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `select migration_name as name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null order by started_at`,
  );
  return rows;
}

function requireUnchanged(files: readonly MigrationFile[], applied: readonly Applied[]): void {
  for (const { name, checksum, finished } of applied) {
    const file = files.find((other) => other.name === name);
    if (!finished)
      throw new AppError(
        "conflict",
        `migration ${name} was begun and never finished: repair the database, then delete its row in _prisma_migrations`,
      );
    if (file === undefined)
      throw new AppError(
        "conflict",
        `the database has migration ${name}, which this version does not know: run a newer version`,
      );
    if (file.checksum !== checksum)
      throw new AppError(
        "conflict",
        `migration ${name} has changed since it was applied: put its file back, and add a new migration instead`,
      );
  }
}

async function applyMigration(
  client: pg.Client,
  { name, sql, checksum }: MigrationFile,
): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => {});
    throw new AppError("internal", `migration ${name} failed: ${String(cause)}`, { cause });
  }
}
