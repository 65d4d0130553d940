import { type Id, newId, type StoredFile } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import type { OwnedRun } from "./heartbeat.js";

export interface NewCheckpoint {
  readonly kind: "checkpoint" | "best_checkpoint";
  readonly fileName: string;
  readonly epoch: number;
  readonly file: StoredFile;
}

/** One of each kind is kept; files that no row names are collected later. */
export async function replaceCheckpoint(
  tx: Tx,
  { runId, attempt }: OwnedRun,
  projectId: Id,
  { kind, fileName, epoch, file }: NewCheckpoint,
): Promise<void> {
  await tx.$executeRaw`
    delete from artifacts where run_id = ${runId}::uuid and kind = ${kind}`;
  await tx.$executeRaw`
    insert into artifacts
      (id, project_id, run_id, kind, file_name, media_type, sha256, bytes, epoch, attempt)
    values (${newId()}::uuid, ${projectId}::uuid, ${runId}::uuid, ${kind}, ${fileName},
      'application/octet-stream', ${file.sha256}, ${file.bytes}::bigint, ${epoch}, ${attempt})`;
}
