import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError, type Id } from "@sweepyard/contract";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { ArtifactStore } from "../artifactStore.js";
import { connect } from "../connect.js";
import { finishRun } from "../finishRun.js";
import { migrate } from "../migrate.js";
import { MIGRATIONS_DIR, readMigrations } from "../migrationFiles.js";
import { withClient } from "../withClient.js";
import { copyFiles, requireAll } from "./copyFiles.js";
import { copyTarget, keptTables } from "./keptTables.js";
import { type FoundBackup, findBackup, type Manifest, tablePath } from "./manifest.js";
import { namedFiles } from "./namedFiles.js";

export interface RestoreOptions {
  /** postgres:// address of a database with nothing in it, migrated or not. */
  readonly url: string;
  /** The artifact store's folder; files that are there already are kept. */
  readonly artifactsDir: string;
  /** A backup, or the folder of several: then the newest. */
  readonly from: string;
  readonly onProgress?: (what: string) => void;
}

/**
 * Brings a backup back: all rows in one transaction, which is committed once all files are there,
 * then the migrations that came after it. Runs that were training are queued again, from their
 * last checkpoint, at no cost of an attempt. No API or worker is to run on the stores meanwhile.
 * @throws {AppError} `conflict` if the database is not empty, or a file of the backup is damaged;
 *   `not_found` if a backup or one of its files is missing; `invalid_request` if a newer version
 *   made it. The database is as it was then, but for migrations.
 */
export async function restore(
  options: RestoreOptions,
): Promise<{ folder: string; manifest: Manifest; runsQueued: number }> {
  const { url, artifactsDir, from, onProgress = () => {} } = options;
  const backup = await findBackup(from);
  await requireKnownMigrations(backup);
  await migrate(url, { only: backup.manifest.migrations });
  await withClient(url, "restore", async (client) => {
    await client.query("begin");
    await requireEmpty(client, url);
    await loadTables(client, backup, onProgress);
    await bringFiles(client, backup, artifactsDir, onProgress);
    await client.query("commit");
  });
  await migrate(url);
  await withClient(url, "restore", markPruningLogs);
  const runsQueued = await handBackRuns(url);
  return { folder: backup.folder, manifest: backup.manifest, runsQueued };
}

async function requireKnownMigrations({ folder, manifest }: FoundBackup): Promise<void> {
  const known = new Set((await readMigrations(MIGRATIONS_DIR)).map(({ name }) => name));
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new AppError(
      "invalid_request",
      `${folder} has migrations that this version does not know (${unknown.join(", ")}): restore it with the version that made it, or a newer one`,
    );
}

async function requireEmpty(client: pg.Client, url: string): Promise<void> {
  // Nobody may begin to use it meanwhile: whoever does has to make a project first.
  await client.query("lock table projects in exclusive mode");
  const { rows } = await client.query<{ name: string }>("select name from projects limit 1");
  const { host, pathname } = new URL(url);
  if (rows.length > 0)
    throw new AppError(
      "conflict",
      `the database ${pathname.slice(1)} at ${host} is in use (it has the project "${rows[0]?.name}"): restore into an empty one`,
    );
}

async function bringFiles(
  client: pg.Client,
  { filesFolder, manifest }: FoundBackup,
  artifactsDir: string,
  onProgress: (what: string) => void,
): Promise<void> {
  const files = await namedFiles(client, manifest.missing);
  const [kept, target] = [new ArtifactStore(filesFolder), new ArtifactStore(artifactsDir)];
  requireAll(await copyFiles(kept, target, files, onProgress), filesFolder);
}

async function loadTables(
  client: pg.Client,
  { folder, manifest }: FoundBackup,
  onProgress: (what: string) => void,
): Promise<void> {
  const names = (await keptTables(client)).map(({ name }) => name);
  for (const table of manifest.tables) {
    onProgress(`table ${table.name}`);
    if (!names.includes(table.name))
      throw new AppError("invalid_request", `${folder} has a table of its own, "${table.name}"`);
    const copy = client.query(copyFrom(`copy ${copyTarget(table)} from stdin`));
    const path = tablePath(folder, table.name);
    await pipeline(createReadStream(path), createGunzip(), copy).catch((cause: unknown) => {
      throw new AppError("conflict", `${path} can't be loaded: ${String(cause)}`, { cause });
    });
    if (copy.rowCount !== table.rows)
      throw new AppError(
        "conflict",
        `${path} has ${copy.rowCount} rows in place of ${table.rows}: the backup is damaged`,
      );
  }
  // Whoever watched the system that is gone has to look anew.
  await client.query(
    `insert into event_trims (id, tx, event_id)
     values (1, (pg_current_xact_id()::text)::bigint, 0)
     on conflict (id) do update set tx = excluded.tx, event_id = excluded.event_id`,
  );
}

/** What follows is numbered on from what was kept, in a server whose transactions count anew. */
async function markPruningLogs(client: pg.Client): Promise<void> {
  await client.query(
    `select setval(pg_get_serial_sequence('pruning_log', 'seq'), max(seq)) from pruning_log
     having max(seq) is not null`,
  );
  await client.query(
    `insert into pruning_log (sweep_id, kind, entry)
     select sweep_id, 'restored', '{"kind": "restored"}' from pruning_log group by sweep_id`,
  );
}

/** Their workers are not here: nobody needs to wait until the leases run out. */
async function handBackRuns(url: string): Promise<number> {
  const db = connect({ url, pool: 1 });
  try {
    const running = await db.prisma.$queryRaw<{ runId: Id; attempt: number }[]>`
      select id as "runId", attempt from runs where state = 'running' order by id`;
    for (const run of running)
      await finishRun(db, run, { kind: "handed_back", reason: "restored from a backup" });
    await db.prisma.$executeRaw`
      update workers set state = 'stopped' where state in ('active', 'draining')`;
    return running.length;
  } finally {
    await db.close();
  }
}
