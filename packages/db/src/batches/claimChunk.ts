import { BatchInput, type Id, type JobPayload } from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { recordEvent } from "../events.js";
import type { PackedItem } from "./createBatch.js";

/** Names one attempt at one chunk: what every write of a worker carries. */
export interface OwnedChunk {
  readonly batchId: Id;
  readonly chunk: number;
  readonly attempt: number;
}

export interface ClaimedChunk extends OwnedChunk {
  readonly projectId: Id;
  readonly modelSha256: string;
  readonly topK: number;
  readonly input: BatchInput;
  /** The first item's number in the batch. */
  readonly first: number;
  readonly count: number;
  /** Of pictures. */
  readonly items: readonly PackedItem[] | null;
}

export interface ClaimChunk extends JobPayload<"predict.batch"> {
  readonly workerId: Id;
  readonly leaseMs: number;
}

/**
 * Takes a waiting chunk for one delivery of its job, and raises its `attempt`, as `claimRun` does.
 * @returns null when it is done or held, its batch has ended, or the job is outdated.
 */
export async function claimChunk(
  db: Db,
  { batchId, chunk, generation, workerId, leaseMs }: ClaimChunk,
): Promise<ClaimedChunk | null> {
  return db.prisma.$transaction(async (tx) => {
    // The batch's row first, as all do who take both.
    const [begun] = await tx.$queryRaw<{ projectId: Id }[]>`
      update batches set state = 'running', started_at = coalesce(started_at, now()), updated_at = now()
      where id = ${batchId}::uuid and state = 'queued' returning project_id as "projectId"`;
    if (begun !== undefined)
      await recordEvent(tx, begun.projectId, { type: "batch.changed", batchId });
    const [row] = await tx.$queryRaw<(Omit<ClaimedChunk, "batchId" | "chunk"> & object)[]>`
      update batch_chunks c set state = 'running', attempt = c.attempt + 1,
        worker_id = ${workerId}::uuid,
        lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from batches b
      where b.id = c.batch_id and b.state = 'running' and c.batch_id = ${batchId}::uuid
        and c.number = ${chunk} and c.state = 'waiting' and c.generation <= ${generation}
      returning c.attempt, c.first, c.count, c.items, b.project_id as "projectId",
        b.model_sha256 as "modelSha256", b.top_k as "topK", b.input`;
    return row === undefined
      ? null
      : { ...row, batchId, chunk, input: BatchInput.parse(row.input) };
  });
}

/**
 * Prolongs a chunk's lease; one that has run out, too, as long as nobody has taken the chunk.
 * @returns false: it is another's now, or its batch was cancelled; stop.
 */
export async function beatChunk(
  db: Db,
  { batchId, chunk, attempt }: OwnedChunk,
  leaseMs: number,
): Promise<boolean> {
  const renewed = await db.prisma.$executeRaw`
    update batch_chunks c
    set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from batches b
    where b.id = c.batch_id and b.state = 'running' and c.batch_id = ${batchId}::uuid
      and c.number = ${chunk} and c.attempt = ${attempt} and c.state = 'running'`;
  return renewed === 1;
}
