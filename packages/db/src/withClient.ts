import { AppError } from "@sweepyard/contract";
import pg from "pg";

/**
 * One connection for what is no query of an app: migrations, backups. It is closed afterwards, and
 * with it go its locks and what was not committed.
 * @param purpose what Postgres lists it as.
 * @throws {AppError} `unavailable` if Postgres does not answer; what `use` throws.
 */
export async function withClient<T>(
  url: string,
  purpose: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: `sweepyard ${purpose}`,
  });
  client.on("error", () => {}); // the query under way rejects with it
  try {
    await client.connect();
  } catch (cause) {
    throw new AppError("unavailable", `Postgres does not answer: ${String(cause)}`, { cause });
  }
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
