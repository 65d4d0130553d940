import { AppError, type ArtifactView, type Id } from "@sweepyard/contract";
import { toArtifactView } from "./artifactView.js";
import type { Db } from "./connect.js";

/** `path` is where the bytes lie. @throws {AppError} `not_found`, also if the file is gone. */
export async function getArtifact(
  db: Db,
  projectId: Id,
  id: Id,
): Promise<ArtifactView & { path: string }> {
  const row = await db.prisma.artifact.findFirst({ where: { id, projectId } });
  if (row === null) throw new AppError("not_found", `this project has no artifact ${id}`);
  if (!(await db.artifacts.has(row.sha256)))
    throw new AppError("not_found", `the file of artifact ${id} (${row.sha256}) was deleted`);
  return { ...toArtifactView(row), path: db.artifacts.path(row.sha256) };
}

/** SHA-256 of a run's .onnx file; null: it has none, or there is no such run. */
export async function findModelFile(db: Db, projectId: Id, runId: Id): Promise<string | null> {
  const file = await db.prisma.artifact.findFirst({
    where: { projectId, runId, kind: "model" },
    select: { sha256: true },
  });
  return file?.sha256 ?? null;
}
