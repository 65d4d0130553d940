import type { StoredFile } from "@sweepyard/contract";
import type pg from "pg";

/** Every file that the database names, but those of `without`. */
export async function namedFiles(
  client: pg.Client,
  without: readonly string[] = [],
): Promise<StoredFile[]> {
  const { rows } = await client.query<{ sha256: string; bytes: string }>(
    `select sha256, max(bytes) as bytes from artifacts where sha256 <> all ($1)
     group by sha256 order by sha256`,
    [without],
  );
  return rows.map(({ sha256, bytes }) => ({ sha256, bytes: Number(bytes) }));
}
