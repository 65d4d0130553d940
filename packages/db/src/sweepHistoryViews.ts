import type {
  Id,
  Objective,
  SweepLogEntry,
  SweepLogRow,
  SweepVersionView,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { getSweep } from "./listSweeps.js";
import { sweepNotFound } from "./sweepView.js";

/** The versions of a sweep's settings, first to last: who changed what, when and why. */
export async function sweepVersions(db: Db, projectId: Id, id: Id): Promise<SweepVersionView[]> {
  const rows = await db.prisma.$queryRaw<{ at: Date; entry: SweepLogEntry }[]>`
    select l.at, l.entry from sweep_log l join sweeps s on s.id = l.sweep_id
    where s.project_id = ${projectId}::uuid and s.id = ${id}::uuid and l.kind = 'settings'
    order by l.seq`;
  if (rows.length === 0) throw sweepNotFound(id);
  return rows.flatMap(({ at, entry }) => {
    if (entry.kind !== "settings") return [];
    const { version, actor, reason, changes, withdrawn } = entry;
    return [{ version, at: at.toISOString(), actor, reason, changes, withdrawn }];
  });
}

/** Entries of a sweep's log after `after`, at most `limit`. */
export async function sweepLog(
  db: Db,
  projectId: Id,
  id: Id,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ items: SweepLogRow[]; nextAfter: number | null }> {
  const rows = await db.prisma.$queryRaw<{ seq: number; at: Date; entry: SweepLogEntry }[]>`
    select l.seq, l.at, l.entry from sweep_log l join sweeps s on s.id = l.sweep_id
    where s.project_id = ${projectId}::uuid and s.id = ${id}::uuid and l.seq > ${after}
    order by l.seq limit ${limit}`;
  if (rows.length === 0 && after === 0) throw sweepNotFound(id);
  const items = rows.map(({ seq, at, entry }) => ({ seq, at: at.toISOString(), entry }));
  return { items, nextAfter: items.length < limit ? null : (items.at(-1)?.seq ?? null) };
}

/** What a sweep's decisions go by and no edit changes. @throws {AppError} `not_found`. */
export async function sweepGoal(
  db: Db,
  projectId: Id,
  id: Id,
): Promise<{ objectives: readonly Objective[]; seed: number }> {
  const { objectives, seed } = await getSweep(db, projectId, id);
  return { objectives, seed };
}
