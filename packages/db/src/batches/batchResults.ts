import {
  type BatchResult,
  DatasetTask,
  type Id,
  type OutputNames,
  type RouteRequest,
  unpackPredictions,
} from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { batchNotFound } from "./batchView.js";
import type { PackedItem } from "./createBatch.js";
import type { ItemFailure } from "./finishChunk.js";

/**
 * A batch's results so far, in the order of its items, a chunk at a time.
 * @throws {AppError} `not_found`.
 */
export async function* batchResults(
  db: Db,
  projectId: Id,
  id: Id,
  { from, limit = Number.POSITIVE_INFINITY, failed }: RouteRequest<"batches.results">["query"],
): AsyncGenerator<BatchResult[]> {
  const batch = await db.prisma.batch.findFirst({ where: { id, projectId } });
  if (batch === null) throw batchNotFound(id);
  const names = { classNames: batch.classNames, task: DatasetTask.parse(batch.task) };
  let left = limit;
  let next = from;
  while (left > 0) {
    const [chunk] = await db.prisma.$queryRaw<ChunkRow[]>`
      select first, count, items, results, item_failures as failures from batch_chunks
      where batch_id = ${id}::uuid and state = 'done' and first + count > ${next}
        and (not ${failed} or item_failures <> '[]')
      order by number limit 1`;
    if (chunk === undefined) return;
    const skip = Math.max(0, next - chunk.first);
    const lines = toLines(chunk, names)
      .slice(skip)
      .filter(({ error }) => !failed || error !== undefined)
      .slice(0, left);
    yield lines;
    left -= lines.length;
    next = chunk.first + chunk.count;
  }
}

interface ChunkRow {
  readonly first: number;
  readonly count: number;
  readonly items: readonly PackedItem[] | null;
  readonly results: Uint8Array;
  readonly failures: readonly ItemFailure[];
}

function toLines(
  { first, count, items, results, failures }: ChunkRow,
  names: OutputNames,
): BatchResult[] {
  const reasons = new Map(failures.map(({ at, reason }) => [at, reason]));
  return unpackPredictions(results, count, names).map((predictions, at) => ({
    index: first + at,
    item: items?.[at]?.[0] ?? String(first + at),
    ...(predictions === null
      ? { error: reasons.get(at) ?? "it could not be read" }
      : { predictions }),
  }));
}
