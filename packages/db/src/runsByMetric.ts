import { type Id, isTerminal, RunState } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { PageCursor } from "./cursor.js";
import { Prisma } from "./generated/client.js";
import type { RunSort } from "./runSort.js";

/** A run in a list, and what it is sorted by, as Postgres writes it. */
export interface FoundRun {
  readonly id: Id;
  readonly key: string | null;
}

const LIVE = RunState.options.filter((state) => !isTerminal(state));

/**
 * A page of a project's runs by the last value of a metric, read from the end of an index for runs
 * that have ended, and from their rows for the others.
 * @returns one row more than `limit`, or null if the order is another one, or if there may be too
 *   few runs with a value: those without come after them, and only a pass over all finds these
 */
export async function firstByMetric(
  db: Db,
  projectId: Id,
  {
    sort: { metric, descending },
    cursor,
    limit,
  }: { readonly sort: RunSort; readonly cursor: PageCursor | null; readonly limit: number },
): Promise<FoundRun[] | null> {
  if (metric === undefined || (cursor !== null && cursor.key === null)) return null;
  const direction = Prisma.raw(descending ? "desc" : "asc");
  const beyond = Prisma.raw(descending ? "<" : ">");
  const after = (value: Prisma.Sql, id: Prisma.Sql) =>
    cursor === null
      ? Prisma.empty
      : Prisma.sql`and (${value}, ${id}) ${beyond} (${cursor.key}::jsonb::float8, ${cursor.id}::uuid)`;
  const live = Prisma.sql`(r.metrics ->> ${metric})::float8`;
  const rows = await db.prisma.$queryRaw<FoundRun[]>`
    with ended as (
      select f.run_id as id, f.value from run_metrics f
      where f.project_id = ${projectId}::uuid and f.name = ${metric}
        ${after(Prisma.sql`f.value`, Prisma.sql`f.run_id`)}
      order by f.value ${direction}, f.run_id ${direction} limit ${limit + 1}
    ), live as (
      select r.id, ${live} as value from runs r
      where r.project_id = ${projectId}::uuid and r.state = any(${LIVE}::text[])
        and ${live} is not null ${after(live, Prisma.sql`r.id`)}
    )
    select id, to_jsonb(value)::text as key
    from (select * from ended union all select * from live) found
    order by value ${direction}, id ${direction} limit ${limit + 1}`;
  return rows.length > limit ? rows : null;
}
