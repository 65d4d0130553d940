import {
  type BatchInput,
  type BatchOptions,
  type BatchSource,
  type BatchView,
  CHUNK_ITEMS,
  type Id,
  newId,
  type StoredFile,
} from "@sweepyard/contract";
import type { Db } from "../connect.js";
import { recordEvent } from "../events.js";
import { toJson } from "../json.js";
import type { ServedVersion } from "../resolveModel.js";
import { readBatch } from "./batchView.js";

/** A picture of a batch: its id, and where its file lies within the stored one. */
export type PackedItem = readonly [id: string, start: number, bytes: number];

export type NewBatchInput =
  | { readonly kind: "pictures"; readonly file: StoredFile; readonly items: readonly PackedItem[] }
  | {
      readonly kind: "rows";
      readonly source: Extract<BatchSource, { kind: "dataset" }>;
      readonly input: Extract<BatchInput, { kind: "rows" }>;
      readonly count: number;
    };

export interface NewBatch extends BatchOptions {
  readonly model: Pick<ServedVersion, "model" | "version" | "sha256" | "classNames" | "task">;
  readonly input: NewBatchInput;
}

/** Chunks inserted by one statement: an archive may have half a million pictures. */
const CHUNKS_AT_ONCE = 200;

/** Stores a batch, queued, in chunks; enqueue `waitingChunks(db, {batchId})`. */
export async function createBatch(
  db: Db,
  projectId: Id,
  actor: string,
  { model, input, name, top_k: topK, priority }: NewBatch,
): Promise<BatchView> {
  const id = newId();
  const chunks = toChunks(input);
  return db.prisma.$transaction(async (tx) => {
    const inputArtifactId = input.kind === "pictures" ? newId() : null;
    if (input.kind === "pictures" && inputArtifactId !== null)
      await tx.artifact.create({
        data: {
          id: inputArtifactId,
          projectId,
          kind: "batch",
          fileName: "pictures",
          mediaType: "application/octet-stream",
          ...input.file,
        },
      });
    await tx.batch.create({
      data: {
        id,
        projectId,
        name,
        model: model.model,
        version: model.version,
        modelSha256: model.sha256,
        classNames: model.classNames,
        task: model.task,
        source: toJson(input.kind === "rows" ? input.source : { kind: "pictures" }),
        input: toJson(
          input.kind === "rows" ? input.input : { kind: "pictures", sha256: input.file.sha256 },
        ),
        inputArtifactId,
        topK,
        priority,
        items: chunks.reduce((sum, { count }) => sum + count, 0),
        createdBy: actor,
      },
      select: { id: true },
    });
    for (let from = 0; from < chunks.length; from += CHUNKS_AT_ONCE)
      await tx.batchChunk.createMany({
        data: chunks.slice(from, from + CHUNKS_AT_ONCE).map(({ items, ...chunk }, at) => ({
          batchId: id,
          number: from + at,
          ...chunk,
          ...(items && { items: toJson(items) }),
        })),
      });
    await recordEvent(tx, projectId, { type: "batch.changed", batchId: id });
    return readBatch(tx, projectId, id);
  });
}

interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly items?: readonly PackedItem[];
}

function toChunks(input: NewBatchInput): Chunk[] {
  const total = input.kind === "rows" ? input.count : input.items.length;
  const size = CHUNK_ITEMS[input.kind];
  return Array.from({ length: Math.ceil(total / size) }, (_, chunk) => {
    const first = chunk * size;
    const count = Math.min(size, total - first);
    return input.kind === "rows"
      ? { first, count }
      : { first, count, items: input.items.slice(first, first + count) };
  });
}
