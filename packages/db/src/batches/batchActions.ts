import { AppError, type BatchState, type BatchView, type Id } from "@sweepyard/contract";
import type { Db, Tx } from "../connect.js";
import { recordEvent } from "../events.js";
import { batchNotFound, readBatch, tellBatchEnd } from "./batchView.js";

/** Takes no more chunks; those at work stop at their next heartbeat and store nothing. */
export const cancelBatch = (db: Db, projectId: Id, id: Id, actor: string): Promise<BatchView> =>
  changeBatch(db, projectId, id, { verb: "cancel", from: ["queued", "running"] }, async (tx) => {
    await tx.$executeRaw`
      update batches set state = 'cancelled', state_reason = ${`cancelled by ${actor}`},
        ended_at = now(), updated_at = now()
      where id = ${id}::uuid`;
    await releaseChunks(tx, id);
    await tellBatchEnd(tx, projectId, id);
  });

/**
 * Queues what a failed or cancelled batch has not done; items with a result keep it. Enqueue
 * `waitingChunks(db, {batchId})`.
 */
export const retryBatch = (db: Db, projectId: Id, id: Id, actor: string): Promise<BatchView> =>
  changeBatch(db, projectId, id, { verb: "retry", from: ["failed", "cancelled"] }, async (tx) => {
    await tx.$executeRaw`
      update batches set state = 'queued', state_reason = ${`retried by ${actor}`},
        ended_at = null, updated_at = now()
      where id = ${id}::uuid`;
    await releaseChunks(tx, id);
  });

/** Deletes a batch that has ended, its results and its pictures. */
export async function deleteBatch(db: Db, projectId: Id, id: Id): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    const batch = await tx.batch.findFirst({ where: { id, projectId } });
    if (batch === null) throw batchNotFound(id);
    if (batch.endedAt === null)
      throw new AppError(
        "conflict",
        `cannot delete a batch that is ${batch.state}: cancel it first`,
      );
    await tx.batch.delete({ where: { id } });
    // Its file goes with the next collection, unless another batch came with the same bytes.
    if (batch.inputArtifactId !== null)
      await tx.artifact.delete({ where: { id: batch.inputArtifactId } });
  });
}

/** What is not done waits under a new generation: an attempt still under way has lost its lease. */
async function releaseChunks(tx: Tx, id: Id): Promise<void> {
  await tx.$executeRaw`
    update batch_chunks set state = 'waiting', lease_until = null, worker_id = null,
      generation = generation + 1, failures = 0
    where batch_id = ${id}::uuid and state <> 'done'`;
}

async function changeBatch(
  db: Db,
  projectId: Id,
  id: Id,
  { verb, from }: { readonly verb: string; readonly from: readonly BatchState[] },
  change: (tx: Tx) => Promise<void>,
): Promise<BatchView> {
  return db.prisma.$transaction(async (tx) => {
    const [batch] = await tx.$queryRaw<{ state: BatchState }[]>`
      select state from batches where id = ${id}::uuid and project_id = ${projectId}::uuid
      for no key update`;
    if (batch === undefined) throw batchNotFound(id);
    if (!from.includes(batch.state))
      throw new AppError(
        "conflict",
        `cannot ${verb} a batch that is ${batch.state}: it must be ${from.join(" or ")}`,
      );
    await change(tx);
    await recordEvent(tx, projectId, { type: "batch.changed", batchId: id });
    return readBatch(tx, projectId, id);
  });
}
