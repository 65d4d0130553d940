import type { Id, QueueView, RunState } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { toRunCounts } from "./runCounts.js";

interface QueueRow {
  readonly runs: Partial<Record<RunState, number>> | null;
  readonly total: number;
  readonly busy: number;
  readonly draining: number;
  readonly longestWaitMs: number | null;
  /** Queued runs that wait for their next attempt's time. */
  readonly delayed: number;
}

/** What waits, what runs, and why, as far as Postgres knows; `jobs` is Redis' to tell. */
export async function queueStatus(db: Db, projectId: Id): Promise<Omit<QueueView, "jobs">> {
  const [row] = await db.prisma.$queryRaw<QueueRow[]>`
    select
      (select jsonb_object_agg(state, n) from (
        select state, count(*) as n from runs where project_id = ${projectId}::uuid group by state
      ) g) as runs,
      (select coalesce(sum(jsonb_array_length(slots)), 0)::int from workers
        where state = 'active' and last_seen_at > now() - interval '1 minute') as total,
      (select count(*)::int from workers where state = 'draining') as draining,
      (select count(*)::int from runs where state = 'running' and trainer <> 'external') as busy,
      q.delayed, q.wait as "longestWaitMs"
    from (
      select count(*) filter (where not_before > now())::int as delayed,
        floor(extract(epoch from now() - min(queued_at)) * 1000)::float8 as wait
      from runs where state = 'queued' and project_id = ${projectId}::uuid
    ) q`;
  if (row === undefined) throw new TypeError("a select without from gave no row");
  const runs = toRunCounts(row.runs);
  return {
    runs,
    slots: { total: row.total, busy: row.busy },
    longestWaitMs: row.longestWaitMs,
    waitReason: runs.queued === 0 ? null : explainWait(runs.queued, row),
  };
}

function explainWait(queued: number, { total, busy, delayed, draining }: QueueRow): string {
  if (total === 0 && draining > 0)
    return "all workers are draining or stopping and take no more runs: start another, or have one resume";
  if (total === 0) return "no worker is there to take runs: start one";
  if (delayed === queued) return "all waiting runs have failed before and wait for their next try";
  if (busy >= total) return total === 1 ? "the one slot is busy" : `all ${total} slots are busy`;
  return "slots are free: the runs are being delivered";
}
