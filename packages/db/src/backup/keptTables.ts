import { AppError } from "@sweepyard/contract";
import pg from "pg";

/**
 * What a backup leaves out: log-ins end with the system that they were made on, and events tell
 * those who watch it of changes in an order of that server's own.
 */
export const LEFT_OUT = ["_prisma_migrations", "sessions", "login_links", "events", "event_trims"];

export interface KeptTable {
  readonly name: string;
  readonly columns: string[];
}

/** All other tables, each after those that its foreign keys name. */
export async function keptTables(client: pg.Client): Promise<KeptTable[]> {
  const { rows } = await client.query<KeptTable & { refers: string[] }>(
    `select c.relname as name,
       array(select a.attname::text from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
         order by a.attnum) as columns,
       array(select k.confrelid::regclass::text from pg_constraint k
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as refers
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and c.relname <> all ($1)
     order by c.relname`,
    [LEFT_OUT],
  );
  const ordered: KeptTable[] = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const done = new Set(ordered.map(({ name }) => name));
    const ready = waiting.filter(({ refers }) => refers.every((other) => done.has(other)));
    if (ready.length === 0)
      throw new AppError(
        "internal",
        `foreign keys go in a circle: ${waiting.map(({ name }) => name).join(", ")}`,
      );
    ordered.push(...ready.map(({ name, columns }) => ({ name, columns })));
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return ordered;
}

/** The part of a COPY statement that names a table and its columns. */
export const copyTarget = ({ name, columns }: KeptTable): string =>
  `${pg.escapeIdentifier(name)} (${columns.map(pg.escapeIdentifier).join(", ")})`;
