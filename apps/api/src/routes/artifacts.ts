import { getArtifact } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";
import { sendArtifact } from "../sendArtifact.js";

export const artifactRoutes = ({ db }: ApiDeps): HandlersOf<"artifacts"> => ({
  "artifacts.content": async ({ params }, { auth, res }) => {
    await sendArtifact(res, await getArtifact(db, auth.projectId, params.id));
    return undefined;
  },
});
