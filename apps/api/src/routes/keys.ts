import { AppError, Scope } from "@sweepyard/contract";
import { createKey, createLoginLink, createProject, listKeys, revokeKey } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";

export const keyRoutes = (
  deps: ApiDeps,
): HandlersOf<"keys" | "me" | "loginLinks" | "projects"> => ({
  "me.get": async (_request, { auth }) => ({
    project: { id: auth.projectId, name: auth.projectName },
    key: { name: auth.keyName, scopes: auth.scopes },
    version: deps.version,
  }),
  "projects.create": async ({ body }) => {
    const project = await createProject(deps.db, body.name);
    const first = { name: "first key", scopes: [...Scope.options] };
    return { project, ...(await createKey(deps.db, project.id, first)) };
  },
  "keys.list": async (_request, { auth }) => ({ items: await listKeys(deps.db, auth.projectId) }),
  "keys.create": ({ body }, { auth }) => createKey(deps.db, auth.projectId, body),
  "keys.revoke": async ({ params }, { auth }) => {
    if (params.id === auth.keyId)
      throw new AppError("conflict", "a key can't revoke itself: use another key for that");
    await revokeKey(deps.db, auth.projectId, params.id);
    deps.memory.principals.clear();
    return undefined;
  },
  "loginLinks.create": async (_request, { auth }) => {
    const { token, expiresAt } = await createLoginLink(deps.db, auth.keyId);
    return {
      url: `${deps.publicUrl()}/login?token=${token}`,
      expiresAt: expiresAt.toISOString(),
    };
  },
});
