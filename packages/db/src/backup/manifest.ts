import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@sweepyard/contract";
import { z } from "zod";

/**
 * A backup folder: `artifacts/` holds files by their SHA-256, as an artifact store does, for all
 * backups in it; each backup is a folder named by its time, with `manifest.json` and one
 * `tables/<name>.copy.gz` for each table, in the text form of Postgres' COPY.
 */
export const Manifest = z.object({
  format: z.literal(1),
  takenAt: z.iso.datetime(),
  /** That the database had: a restore applies these, loads the rows, then applies the rest. */
  migrations: z.array(z.string()),
  /** In an order in which each refers only to those before it. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.int() })),
  files: z.object({ count: z.int(), bytes: z.int() }),
  /** SHA-256 of files that the database names and the store did not have whole. */
  missing: z.array(z.string()),
});
export type Manifest = z.infer<typeof Manifest>;

export const MANIFEST = "manifest.json";
export const FILES = "artifacts";

export const tablePath = (backup: string, table: string): string =>
  join(backup, "tables", `${table}.copy.gz`);

/** Its name sorts by time, on every file system. */
export const backupName = (takenAt: Date): string => takenAt.toISOString().replaceAll(":", "-");

export interface FoundBackup {
  /** Of the backup itself. */
  readonly folder: string;
  /** Of the files that all backups beside it share. */
  readonly filesFolder: string;
  readonly manifest: Manifest;
}

/**
 * The backup at `path`, or the newest one in it.
 * @throws {AppError} `not_found` if there is none, `invalid_request` if it can't be read.
 */
export async function findBackup(path: string): Promise<FoundBackup> {
  const own = await readManifest(path);
  if (own !== null) return { folder: path, filesFolder: join(path, "..", FILES), manifest: own };
  const names = await readdir(path).catch(() => []);
  for (const name of names.sort().reverse()) {
    const folder = join(path, name);
    const manifest = await readManifest(folder);
    if (manifest !== null) return { folder, filesFolder: join(path, FILES), manifest };
  }
  throw new AppError("not_found", `${path} holds no backup: none of its folders has a ${MANIFEST}`);
}

async function readManifest(folder: string): Promise<Manifest | null> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw new AppError("invalid_request", `${path} can't be read: ${error.message}`);
  });
  if (text === null) return null;
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("invalid_request", `${path} is no manifest that this version knows`, {
      cause,
    });
  }
}
