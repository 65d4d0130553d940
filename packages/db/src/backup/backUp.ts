import { createWriteStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { ArtifactStore, explainStorage, syncFolder } from "../artifactStore.js";
import { FILES_LOCK } from "../filesLock.js";
import { withClient } from "../withClient.js";
import { copyFiles, requireAll } from "./copyFiles.js";
import { copyTarget, type KeptTable, keptTables } from "./keptTables.js";
import { backupName, FILES, MANIFEST, type Manifest, tablePath } from "./manifest.js";
import { namedFiles } from "./namedFiles.js";

export interface BackUpOptions {
  /** postgres:// address. */
  readonly url: string;
  /** The artifact store's folder. */
  readonly artifactsDir: string;
  /** Where backups are kept: files that an earlier one has brought there are not copied again. */
  readonly into: string;
  /** Goes on without files that the store lacks or that are damaged; the manifest names them. */
  readonly allowMissing?: boolean;
  readonly onProgress?: (what: string) => void;
}

/**
 * Copies the database, as it is at one moment, and every file that it names, while everything goes
 * on. What is interrupted leaves a folder `.partial` that is never taken for a backup.
 * @returns the backup's folder and what is in it.
 * @throws {AppError} `unavailable` if Postgres does not answer; `not_found` naming the files that
 *   the store lacks, or `conflict` those whose bytes have changed; `storage_full`.
 */
export async function backUp(
  options: BackUpOptions,
): Promise<{ folder: string; manifest: Manifest }> {
  const { url, artifactsDir, into, allowMissing = false, onProgress = () => {} } = options;
  const takenAt = new Date();
  const folder = join(into, backupName(takenAt));
  const draft = `${folder}.partial`;
  try {
    await mkdir(join(draft, "tables"), { recursive: true });
    // The lock on files goes with the connection.
    const manifest = await withClient(url, "backup", async (client): Promise<Manifest> => {
      await client.query("select pg_advisory_lock($1)", [FILES_LOCK]);
      await client.query("begin isolation level repeatable read read only");
      const migrations = await readMigrationNames(client);
      const tables: Manifest["tables"] = [];
      for (const table of await keptTables(client)) {
        onProgress(`table ${table.name}`);
        tables.push({ ...table, rows: await copyTable(client, draft, table) });
      }
      const files = await namedFiles(client);
      await client.query("commit");
      const [kept, target] = [
        new ArtifactStore(artifactsDir),
        new ArtifactStore(join(into, FILES)),
      ];
      const uncopied = await copyFiles(kept, target, files, onProgress);
      if (!allowMissing) requireAll(uncopied, artifactsDir);
      return {
        format: 1,
        takenAt: takenAt.toISOString(),
        migrations,
        tables,
        files: { count: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) },
        missing: [...uncopied.missing, ...uncopied.damaged],
      };
    });
    await writeSynced(join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draft, folder);
    await syncFolder(into);
    return { folder, manifest };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw explainStorage(error, into);
  }
}

async function readMigrationNames(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select migration_name as name from _prisma_migrations
     where finished_at is not null and rolled_back_at is null order by migration_name`,
  );
  return rows.map(({ name }) => name);
}

/** @returns the number of its rows. */
async function copyTable(client: pg.Client, backup: string, table: KeptTable): Promise<number> {
  const copy = client.query(copyTo(`copy ${copyTarget(table)} to stdout`));
  const path = tablePath(backup, table.name);
  await pipeline(copy, createGzip({ level: 6 }), createWriteStream(path, { flush: true }));
  return copy.rowCount;
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}
