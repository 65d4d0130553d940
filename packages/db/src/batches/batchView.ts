import {
  AppError,
  BatchSource,
  BatchState,
  type BatchView,
  type Id,
  type RouteRequest,
} from "@sweepyard/contract";
import type { Db, Tx } from "../connect.js";
import { cursorError, formatCursor, parseCursor } from "../cursor.js";
import { type Batch, Prisma } from "../generated/client.js";
import type { Page } from "../page.js";
import { tellWebhooks } from "../webhooks/tellWebhooks.js";

export const batchNotFound = (id: Id): AppError =>
  new AppError("not_found", `this project has no batch ${id}`);

/** @throws {AppError} `not_found`. */
export async function readBatch(tx: Tx, projectId: Id, id: Id): Promise<BatchView> {
  const row = await tx.batch.findFirst({ where: { id, projectId } });
  if (row === null) throw batchNotFound(id);
  return toBatchView(row);
}

export const getBatch = (db: Db, projectId: Id, id: Id): Promise<BatchView> =>
  readBatch(db.prisma, projectId, id);

/** Those of `ids` that are the project's. */
export async function readBatches(tx: Tx, projectId: Id, ids: readonly Id[]): Promise<BatchView[]> {
  const rows = await tx.batch.findMany({ where: { projectId, id: { in: [...ids] } } });
  return rows.map(toBatchView);
}

/** Tells webhooks of a batch that has just ended. */
export async function tellBatchEnd(tx: Tx, projectId: Id, id: Id): Promise<void> {
  const batch = await readBatch(tx, projectId, id);
  const { state } = batch;
  if (state === "queued" || state === "running") return;
  await tellWebhooks(tx, projectId, { type: `batch.${state}`, data: { batch } });
}

const ORDER = "-createdAt";

/** Newest first: by id, since ids are made in the order of time. */
export async function listBatches(
  db: Db,
  projectId: Id,
  { model, state, cursor, limit }: RouteRequest<"batches.list">["query"],
): Promise<Page<BatchView>> {
  const where: Prisma.BatchWhereInput = {
    projectId,
    ...(model !== undefined && { model }),
    ...(state !== undefined && { state: { in: state } }),
  };
  const after = cursor === undefined ? null : parseCursor(cursor, ORDER);
  if (after?.key === null) throw cursorError("names no batch");
  const [found, total] = await Promise.all([
    db.prisma.batch.findMany({
      where: { AND: [where, after === null ? {} : { id: { lt: after.id } }] },
      orderBy: { id: Prisma.SortOrder.desc },
      take: limit + 1,
    }),
    db.prisma.batch.count({ where }),
  ]);
  const items = found.slice(0, limit).map(toBatchView);
  const last = found.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last ? formatCursor({ sort: ORDER, key: last.id, id: last.id }) : null,
    total,
  };
}

const toBatchView = (row: Batch): BatchView => ({
  id: row.id,
  name: row.name,
  model: row.model,
  version: row.version,
  state: BatchState.parse(row.state),
  stateReason: row.stateReason,
  source: BatchSource.parse(row.source),
  topK: row.topK,
  priority: row.priority,
  items: row.items,
  done: row.done,
  failed: row.failed,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
});
