import type { Id } from "@sweepyard/contract";
import type { Db, Tx } from "../connect.js";
import { recordEvent } from "../events.js";
import { jsonb } from "../json.js";
import { tellBatchEnd } from "./batchView.js";
import type { OwnedChunk } from "./claimChunk.js";

export interface ItemFailure {
  /** Of the item, by its place in the chunk. */
  readonly at: number;
  readonly reason: string;
}

export type ChunkOutcome =
  | {
      readonly kind: "done";
      /** Of contract's packPredictions. */
      readonly results: Uint8Array;
      readonly failures: readonly ItemFailure[];
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** Failed attempts after which the chunk is given up; 1: at once. */
      readonly maxAttempts: number;
    }
  /** The worker stops: the attempt does not count. */
  | { readonly kind: "handed_back" };

/**
 * Ends an attempt at a chunk. Results, progress and the batch's end are one transaction, and it
 * changes nothing where another attempt has taken over or the batch has ended: so each item has one
 * result. @returns whether the attempt still held the chunk.
 */
export async function finishChunk(
  db: Db,
  { batchId, chunk, attempt }: OwnedChunk,
  outcome: ChunkOutcome,
): Promise<boolean> {
  return db.prisma.$transaction(async (tx) => {
    const batch = await lockBatch(tx, batchId);
    if (batch === null) return false;
    const [held] = await tx.$queryRaw<{ count: number; failures: number }[]>`
      select count, failures from batch_chunks
      where batch_id = ${batchId}::uuid and number = ${chunk} and attempt = ${attempt}
        and state = 'running' for update`;
    if (held === undefined) return false;
    const key = { batchId, chunk };
    if (outcome.kind === "handed_back") await requeueChunk(tx, key, { failures: held.failures });
    else if (outcome.kind === "failed")
      await countFailure(tx, key, { ...outcome, failures: held.failures + 1 });
    else {
      const { results, failures } = outcome;
      await tx.$executeRaw`
        update batch_chunks set state = 'done', lease_until = null, results = ${results},
          item_failures = ${jsonb(failures)}, error_message = null
        where batch_id = ${batchId}::uuid and number = ${chunk}`;
      await tx.$executeRaw`
        update batches set done = done + ${held.count}, failed = failed + ${failures.length},
          updated_at = now()
        where id = ${batchId}::uuid`;
    }
    await endBatchWhenSettled(tx, batchId);
    await recordEvent(tx, batch.projectId, { type: "batch.changed", batchId });
    return true;
  });
}

/** Null unless it is running: what comes after its end does not count. */
async function lockBatch(tx: Tx, id: Id): Promise<{ projectId: Id } | null> {
  const [row] = await tx.$queryRaw<{ projectId: Id }[]>`
    select project_id as "projectId" from batches
    where id = ${id}::uuid and state = 'running' for no key update`;
  return row ?? null;
}

interface ChunkKey {
  readonly batchId: Id;
  readonly chunk: number;
}

/** The chunk waits again, under a new generation, since the old job's id may still be kept. */
async function requeueChunk(
  tx: Tx,
  { batchId, chunk }: ChunkKey,
  { failures, reason = null }: { failures: number; reason?: string | null },
): Promise<void> {
  await tx.$executeRaw`
    update batch_chunks set state = 'waiting', lease_until = null, worker_id = null,
      generation = generation + 1, failures = ${failures}, error_message = ${reason}
    where batch_id = ${batchId}::uuid and number = ${chunk}`;
}

/** Within a transaction that holds the batch's row. */
export async function countFailure(
  tx: Tx,
  { batchId, chunk }: ChunkKey,
  {
    failures,
    reason,
    maxAttempts,
  }: { readonly failures: number; readonly reason: string; readonly maxAttempts: number },
): Promise<void> {
  if (failures < maxAttempts) return requeueChunk(tx, { batchId, chunk }, { failures, reason });
  await tx.$executeRaw`
    update batch_chunks set state = 'failed', lease_until = null, failures = ${failures},
      error_message = ${reason}
    where batch_id = ${batchId}::uuid and number = ${chunk}`;
}

/** Ends a batch of which nothing waits or runs any more. */
export async function endBatchWhenSettled(tx: Tx, id: Id): Promise<void> {
  const [ended] = await tx.$queryRaw<{ projectId: Id }[]>`
    update batches b set ended_at = now(), updated_at = now(),
      state = case when c.failed = 0 then 'completed' else 'failed' end,
      state_reason = case when c.failed > 0
        then c.failed || ' of ' || c.chunks || ' chunks failed: ' || c.reason end
    from (
      select count(*) as chunks, count(*) filter (where state = 'failed') as failed,
        min(error_message) filter (where state = 'failed') as reason,
        count(*) filter (where state in ('waiting', 'running')) as open
      from batch_chunks where batch_id = ${id}::uuid
    ) c
    where b.id = ${id}::uuid and b.state = 'running' and c.open = 0
    returning b.project_id as "projectId"`;
  if (ended !== undefined) await tellBatchEnd(tx, ended.projectId, id);
}
