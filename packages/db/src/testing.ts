import { AppError } from "@sweepyard/contract";
import type { Db } from "./connect.js";

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of its own for one test file, copied from a template that is made
 * once for each server and set of migrations.
 */
export async function createTestDatabase(
  postgresUrl: string,
  options: { readonly pool?: number; readonly artifactsDir?: string } = {},
): Promise<TestDatabase> {
  throw new AppError("internal", `not there yet ${postgresUrl} ${options}`);
}
