import type { ArtifactView } from "@sweepyard/contract";
import type { Artifact } from "./generated/client.js";

export const toArtifactView = (row: Artifact): ArtifactView => ({
  id: row.id,
  runId: row.runId,
  kind: row.kind as ArtifactView["kind"],
  fileName: row.fileName,
  mediaType: row.mediaType,
  sha256: row.sha256,
  bytes: Number(row.bytes),
  createdAt: row.createdAt.toISOString(),
});
