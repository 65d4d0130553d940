import type { Id } from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { recordEvent } from "../events.js";
import type { OwnedChunk } from "./claimChunk.js";
import { countFailure, endBatchWhenSettled } from "./finishChunk.js";

/** Attempts at a chunk, the first included, before it counts as failed. */
export const CHUNK_ATTEMPTS = 5;

interface LostChunk extends OwnedChunk {
  readonly projectId: Id;
  readonly failures: number;
  readonly workerName: string | null;
}

/**
 * Queues chunks again whose lease has run out; any number may do so at one time.
 * @param leaseGraceMs how long after its end a lease still counts
 */
export async function takeBackChunks(db: Db, leaseGraceMs: number): Promise<OwnedChunk[]> {
  const lost = await db.prisma.$queryRaw<{ batchId: Id }[]>`
    select distinct c.batch_id as "batchId" from batch_chunks c
    where c.state = 'running' and c.lease_until < now() - ${leaseGraceMs} * interval '1 millisecond'`;
  const taken: OwnedChunk[] = [];
  for (const { batchId } of lost) taken.push(...(await takeBack(db, batchId, leaseGraceMs)));
  return taken;
}

async function takeBack(db: Db, batchId: Id, leaseGraceMs: number): Promise<LostChunk[]> {
  return db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from batches where id = ${batchId}::uuid for no key update`;
    const chunks = await tx.$queryRaw<LostChunk[]>`
      select c.batch_id as "batchId", c.number as chunk, c.attempt, c.failures,
        b.project_id as "projectId", w.name as "workerName"
      from batch_chunks c join batches b on b.id = c.batch_id
      left join workers w on w.id = c.worker_id
      where c.batch_id = ${batchId}::uuid and c.state = 'running'
        and c.lease_until < now() - ${leaseGraceMs} * interval '1 millisecond'
      order by c.number for update of c skip locked`;
    for (const { chunk, failures, workerName } of chunks)
      await countFailure(
        tx,
        { batchId, chunk },
        {
          failures: failures + 1,
          reason: `its worker ${workerName ?? ""} was lost`,
          maxAttempts: CHUNK_ATTEMPTS,
        },
      );
    const [first] = chunks;
    if (first === undefined) return [];
    await endBatchWhenSettled(tx, batchId);
    await recordEvent(tx, first.projectId, { type: "batch.changed", batchId });
    return chunks;
  });
}
