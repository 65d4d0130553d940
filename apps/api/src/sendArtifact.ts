import { basename, dirname } from "node:path";
import type { ArtifactView } from "@sweepyard/contract";
import type { Response } from "express";

/**
 * Sends a stored file as a download, with ranges and conditional requests, so that a broken download
 * can go on. @param artifact with the path of its bytes.
 */
export function sendArtifact(
  res: Response,
  artifact: Pick<ArtifactView, "fileName" | "mediaType" | "sha256"> & { readonly path: string },
): Promise<void> {
  const { path } = artifact;
  res.attachment(artifact.fileName).type(artifact.mediaType);
  res.set({ ETag: `"${artifact.sha256}"`, "Cache-Control": "private, no-cache" });
  // The file's own name is a hash, but the folders above it may begin with a dot (.sweepyard).
  const options = { root: dirname(path), dotfiles: "allow", cacheControl: false } as const;
  return new Promise((resolve, reject) => {
    res.sendFile(basename(path), options, (error) => {
      if (error === undefined || error === null || res.destroyed) resolve();
      else reject(error);
    });
  });
}
