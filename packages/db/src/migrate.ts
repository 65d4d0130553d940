import { AppError } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface MigrateOptions {
  /** Folder of `<time>_<name>/migration.sql`. Default: prisma/migrations of this repository. */
  readonly dir?: string;
  readonly onApplied?: (name: string) => void;
}

/**
 * Applies the migrations that are missing, one transaction each, under an advisory lock, and
 * keeps the book that `prisma migrate deploy` keeps.
 * @returns names of those applied.
 * @throws {AppError} `conflict` if one that is applied has changed, `unavailable` if Postgres
 *   does not answer, `internal` naming the migration whose SQL failed.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<string[]> {
  throw new AppError("internal", `not there yet ${url} ${options}`);
}

/** Names of migrations that are not applied yet: not ready to serve while there are any. */
export async function pendingMigrations(db: Db, dir?: string): Promise<string[]> {
  throw new AppError("internal", `not there yet ${db} ${dir}`);
}
