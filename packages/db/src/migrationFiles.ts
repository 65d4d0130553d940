import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** prisma/migrations of this repository; the same distance from src and from dist. */
export const MIGRATIONS_DIR = fileURLToPath(
  new URL("../../../prisma/migrations/", import.meta.url),
);

export interface MigrationFile {
  /** Its folder's name, `<time>_<what>`: the order of application. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex, as `prisma migrate` computes it. */
  readonly checksum: string;
}

/** All migrations, oldest first. */
export async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(dir, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}
