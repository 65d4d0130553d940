import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/**
 * A text that changes whenever the runs that importance is learnt from do: one completes, is
 * excluded or put back, or a live edit changes the space.
 */
export async function importanceState(db: Db, sweepId: Id): Promise<string> {
  const [row] = await db.prisma.$queryRaw<
    { completed: number; excluded: number; last: Date | null; version: number }[]
  >`
    select count(r.id)::int as completed, count(r.excluded_at)::int as excluded,
      max(r.excluded_at) as last, s.version
    from sweeps s left join runs r on r.sweep_id = s.id and r.state = 'completed'
    where s.id = ${sweepId}::uuid group by s.id`;
  return [row?.version, row?.completed, row?.excluded, row?.last?.getTime()].join();
}
