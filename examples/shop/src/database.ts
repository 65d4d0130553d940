import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

export type Database = pg.Pool;

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");
const LOCK = 5_107_700;

/** Connects, with the schema `shop` brought up to date; other schemas are not touched. */
export async function openDatabase(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    options: "-c search_path=shop",
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that breaks is replaced; unheard, it would end the process.
  pool.on("error", (error) =>
    console.error(`shop: a connection to Postgres broke: ${error.message}`),
  );
  try {
    await migrate(pool);
    return pool;
  } catch (error) {
    await pool.end();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the database of SHOP_DATABASE_URL can't be used: ${why}`, { cause: error });
  }
}

async function migrate(pool: Database): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).sort();
  await inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
    await client.query("create schema if not exists shop");
    await client.query(
      "create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    for (const name of files) {
      const { rowCount } = await client.query(
        "insert into migrations (name) values ($1) on conflict do nothing",
        [name],
      );
      if (rowCount === 1) await client.query(await readFile(join(MIGRATIONS, name), "utf8"));
    }
  });
}

export async function inTransaction<T>(
  pool: Database,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    client.release();
    return result;
  } catch (error) {
    // A connection on which the rollback fails is not to be used again.
    await client.query("rollback").then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
}
