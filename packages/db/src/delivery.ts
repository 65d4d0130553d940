import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** What a `run.train` or `run.command` job is made of. */
export interface Delivery {
  readonly runId: Id;
  readonly generation: number;
  /** Higher goes first. */
  readonly priority: number;
  /** A retry backs off by this; else 0. */
  readonly delayMs: number;
  /** What trains it decides which of the two. */
  readonly trainer: "engine" | "command";
}

/**
 * The queued runs that a worker is to take, most urgent first: what to enqueue after a resume or a retry, and what
 * `reconcile` makes sure has a job.
 */
export async function queuedDeliveries(
  db: Db,
  which: { readonly runId?: Id; readonly sweepId?: Id; readonly limit?: number },
): Promise<Delivery[]> {
  const { runId = null, sweepId = null, limit = 10_000 } = which;
  return db.prisma.$queryRaw<Delivery[]>`
    select r.id as "runId", r.generation, r.priority, r.trainer,
      greatest(0, ceil(extract(epoch from r.not_before - now()) * 1000))::int as "delayMs"
    from runs r
    where r.state = 'queued' and r.trainer <> 'external'
      and (${runId}::uuid is null or r.id = ${runId}::uuid)
      and (${sweepId}::uuid is null or r.sweep_id = ${sweepId}::uuid)
    order by r.priority desc, r.queued_at, r.id limit ${limit}`;
}
