import type { Id, JobPayload } from "@sweepyard/contract";
import type { Db } from "../connect.js";

/** What a `predict.batch` job is made of. */
export interface ChunkDelivery extends JobPayload<"predict.batch"> {
  /** Higher goes first. */
  readonly priority: number;
}

/** Chunks that wait, most urgent first: what to enqueue, and what `reconcile` sees has a job. */
export function waitingChunks(
  db: Db,
  { batchId = null, limit = 10_000 }: { readonly batchId?: Id | null; readonly limit?: number },
): Promise<ChunkDelivery[]> {
  return db.prisma.$queryRaw<ChunkDelivery[]>`
    select c.batch_id as "batchId", c.number as chunk, c.generation, b.priority
    from batch_chunks c join batches b on b.id = c.batch_id
    where c.state = 'waiting' and b.state in ('queued', 'running')
      and (${batchId}::uuid is null or b.id = ${batchId}::uuid)
    order by b.priority desc, b.id, c.number limit ${limit}`;
}
