import { createHash, randomUUID } from "node:crypto";
import type pg from "pg";
import { connect, type Db } from "./connect.js";
import { migrate } from "./migrate.js";
import { MIGRATIONS_DIR, readMigrations } from "./migrationFiles.js";
import { withClient } from "./withClient.js";

export * from "./testFixture.js";

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  /** Closes `db` and drops the database. */
  drop(): Promise<void>;
}

/** Creating from a template fails while somebody else does: all take turns. */
const TEMPLATE_LOCK = 72_707_370;

/**
 * A migrated, empty database of its own for one test file, copied from a template that is made
 * once for each server and set of migrations.
 * @param postgresUrl a role's that may create databases; which database it names does not matter.
 */
export async function createTestDatabase(
  postgresUrl: string,
  { pool = 10, artifactsDir }: { readonly pool?: number; readonly artifactsDir?: string } = {},
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asAdmin(postgresUrl, async (client) => {
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    const template = await ensureTemplate(client, postgresUrl);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = withDatabase(postgresUrl, name);
  const db = connect({ url, pool, ...(artifactsDir !== undefined && { artifactsDir }) });
  return {
    db,
    url,
    async drop() {
      await db.close();
      await asAdmin(postgresUrl, (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

async function ensureTemplate(client: pg.Client, postgresUrl: string): Promise<string> {
  const hash = createHash("sha256");
  for (const { checksum } of await readMigrations(MIGRATIONS_DIR)) hash.update(checksum);
  const template = `template_${hash.digest("hex").slice(0, 32)}`;
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [template]);
  if (rows.length > 0) return template;
  // Renamed when it is whole, so that a migration that fails leaves no half-made template.
  const draft = `${template}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  await migrate(withDatabase(postgresUrl, draft));
  await client.query(`alter database ${draft} rename to ${template}`);
  return template;
}

function withDatabase(postgresUrl: string, name: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const asAdmin = (
  postgresUrl: string,
  use: (client: pg.Client) => Promise<unknown>,
): Promise<unknown> => withClient(withDatabase(postgresUrl, "postgres"), "tests", use);
