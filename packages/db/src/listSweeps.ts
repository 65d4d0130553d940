import type { Id, SweepState, SweepView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { cursorError, formatCursor, parseCursor } from "./cursor.js";
import { Prisma } from "./generated/client.js";
import type { Page } from "./page.js";
import { readSweep, readSweeps } from "./sweepView.js";

export interface ListSweeps {
  readonly state?: readonly SweepState[];
  readonly cursor?: string;
  readonly limit: number;
}

const ORDER = "-createdAt";

/** @throws {AppError} `not_found`. */
export const getSweep = (db: Db, projectId: Id, id: Id): Promise<SweepView> =>
  readSweep(db.prisma, projectId, id);

/** Newest first: by id, since ids are made in the order of time. */
export async function listSweeps(
  db: Db,
  projectId: Id,
  { state, cursor, limit }: ListSweeps,
): Promise<Page<SweepView>> {
  const matches = Prisma.sql`s.project_id = ${projectId}::uuid
    and (${state === undefined} or s.state = any(${state ?? []}::text[]))`;
  const after = cursor === undefined ? null : parseCursor(cursor, ORDER);
  if (after?.key === null) throw cursorError("names no time");
  const afterThat = after
    ? Prisma.sql`and (s.created_at, s.id) < (${after.key}::timestamptz, ${after.id}::uuid)`
    : Prisma.empty;
  const order = Prisma.sql`order by s.created_at desc, s.id desc limit ${limit + 1}`;
  const [found, [count]] = await Promise.all([
    readSweeps(db.prisma, Prisma.sql`${matches} ${afterThat}`, order),
    db.prisma.$queryRaw<{ total: number }[]>`
      select count(*)::int as total from sweeps s where ${matches}`,
  ]);
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? formatCursor(await keyOf(db, last.id)) : null,
    total: count?.total ?? 0,
  };
}

/** Postgres' times are finer than a view's milliseconds. */
async function keyOf(db: Db, id: Id) {
  const [row] = await db.prisma.$queryRaw<{ key: string }[]>`
    select s.created_at::text as key from sweeps s where s.id = ${id}::uuid`;
  return { sort: ORDER, key: row?.key ?? null, id };
}
