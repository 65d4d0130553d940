import { type Id, type ListRuns, parseFilter, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { cursorError, formatCursor, parseCursor } from "./cursor.js";
import { Prisma } from "./generated/client.js";
import type { Page } from "./page.js";
import { runFilter } from "./runFilter.js";
import { isAfter, orderBy, parseRunSort } from "./runSort.js";
import { type FoundRun, firstByMetric } from "./runsByMetric.js";
import { readRun, readRunsById } from "./runView.js";

/** @throws {AppError} `not_found`. */
export const getRun = (db: Db, projectId: Id, id: Id): Promise<RunView> =>
  readRun(db.prisma, projectId, id);

/**
 * A page of runs. The cursor is the last row's key and id, so a page costs the same however far
 * back it lies, and rows that come and go meanwhile shift no other.
 * @throws {AppError} `invalid_request` for a filter, a sort or a cursor that makes no sense.
 */
export async function listRuns(db: Db, projectId: Id, query: ListRuns): Promise<Page<RunView>> {
  const { limit, filter, sweepId, state } = query;
  const sort = parseRunSort(query.sort);
  const cursor = query.cursor === undefined ? null : parseCursor(query.cursor, query.sort);
  const matches = conditions(projectId, query);
  const after = cursor ? Prisma.sql`and ${isAfter(sort, cursor)}` : Prisma.empty;

  const isFiltered = filter !== undefined && filter.trim() !== "";
  const matching = isFiltered ? await countMatching(db, matches) : null;
  const few = matching?.ids ? Prisma.sql`r.id = any(${matching.ids}::uuid[])` : null;
  const isOfProject = !isFiltered && sweepId === undefined && state === undefined;
  const first = isOfProject
    ? await firstByMetric(db, projectId, { sort, cursor, limit }).catch(explainKey)
    : null;
  const found =
    first ??
    (await db.prisma.$queryRaw<FoundRun[]>`
      select r.id, (${sort.key})::text as key from runs r
      where ${few ?? matches} ${after} ${orderBy(sort)} limit ${limit + 1}`.catch(explainKey));
  // A page that holds all there is has counted them.
  const isAll = cursor === null && found.length <= limit;
  const total = matching?.total ?? (isAll ? found.length : await countRuns(db, matches));
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return {
    items: await readRunsById(
      db.prisma,
      projectId,
      rows.map(({ id }) => id),
    ),
    nextCursor: last ? formatCursor({ sort: query.sort, ...last }) : null,
    total,
  };
}

/** Rows of which all ids are kept by the pass that counts them. */
const FEW = 2_000;

/**
 * Counts the runs that a filter lets through, in one pass. Of few their ids come with the count: to
 * look for these in the list's order would read nearly all runs again, one after the other.
 */
async function countMatching(
  db: Db,
  matches: Prisma.Sql,
): Promise<{ total: number; ids: Id[] | null }> {
  const [row] = await db.prisma.$queryRaw<{ total: number; ids: Id[] | null }[]>`
    select count(*)::int as total,
      case when count(*) <= ${FEW} then coalesce(array_agg(r.id), '{}') end as ids
    from runs r where ${matches}`;
  if (row === undefined) throw new TypeError("a count without a group has one row");
  return row;
}

async function countRuns(db: Db, matches: Prisma.Sql): Promise<number> {
  const [count] = await db.prisma.$queryRaw<{ total: number }[]>`
    select count(*)::int as total from runs r where ${matches}`;
  return count?.total ?? 0;
}

function conditions(projectId: Id, { sweepId, state, filter }: ListRuns): Prisma.Sql {
  const parts = [Prisma.sql`r.project_id = ${projectId}::uuid`];
  if (sweepId !== undefined) parts.push(Prisma.sql`r.sweep_id = ${sweepId}::uuid`);
  if (state !== undefined) parts.push(Prisma.sql`r.state = any(${state}::text[])`);
  if (filter !== undefined && filter.trim() !== "") parts.push(runFilter(parseFilter(filter)));
  return Prisma.join(parts, " and ");
}

/** A cursor that somebody made up may hold a key that is no value of the column's type. */
function explainKey(error: unknown): never {
  const cause = error instanceof Prisma.PrismaClientKnownRequestError ? error.message : "";
  if (/Code: `22(P02|007|008|003|023)`/.test(cause))
    throw cursorError("holds a key of another kind");
  throw error;
}
