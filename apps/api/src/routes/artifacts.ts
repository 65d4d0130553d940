import { basename, dirname } from "node:path";
import { getArtifact } from "@sweepyard/db";
import type { Response } from "express";
import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";

export const artifactRoutes = ({ db }: ApiDeps): HandlersOf<"artifacts"> => ({
  "artifacts.content": async ({ params }, { auth, res }) => {
    const artifact = await getArtifact(db, auth.projectId, params.id);
    res.attachment(artifact.fileName).type(artifact.mediaType);
    res.set({ ETag: `"${artifact.sha256}"`, "Cache-Control": "private, no-cache" });
    await sendFile(res, artifact.path);
    return undefined;
  },
});

/** With ranges and conditional requests, so that a broken download can go on. */
function sendFile(res: Response, path: string): Promise<void> {
  // The file's own name is a hash, but the folders above it may begin with a dot (.sweepyard).
  const options = { root: dirname(path), dotfiles: "allow", cacheControl: false } as const;
  return new Promise((resolve, reject) => {
    res.sendFile(basename(path), options, (error) => {
      if (error === undefined || error === null || res.destroyed) resolve();
      else reject(error);
    });
  });
}
