import { type Id, type ListRuns, parseFilter, type RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { cursorError, formatCursor, parseCursor } from "./cursor.js";
import { Prisma } from "./generated/client.js";
import type { Page } from "./page.js";
import { runFilter } from "./runFilter.js";
import { isAfter, orderBy, parseRunSort } from "./runSort.js";
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
  const { limit } = query;
  const sort = parseRunSort(query.sort);
  const cursor = query.cursor === undefined ? null : parseCursor(query.cursor, query.sort);
  const matches = conditions(projectId, query);
  const after = cursor ? Prisma.sql`and ${isAfter(sort, cursor)}` : Prisma.empty;

  const found = await db.prisma.$queryRaw<{ id: Id; key: string | null }[]>`
    select r.id, (${sort.key})::text as key from runs r
    where ${matches} ${after} ${orderBy(sort)} limit ${limit + 1}`.catch(explainKey);
  // A filter that lets few runs through has read all of them by now: once is enough.
  const isAll = cursor === null && found.length <= limit;
  const total = isAll ? found.length : await countRuns(db, matches);
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
  if (/Code: `22(P02|007|008|003)`/.test(cause)) throw cursorError("holds a key of another kind");
  throw error;
}
