import { AppError, type ArtifactView, type Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** `path` is where the bytes lie. @throws {AppError} `not_found`, also if the file is gone. */
export async function getArtifact(
  db: Db,
  projectId: Id,
  id: Id,
): Promise<ArtifactView & { path: string }> {
  throw new AppError("internal", `not there yet ${db} ${projectId} ${id}`);
}
