import { once } from "node:events";
import type { Id } from "@sweepyard/contract";
import {
  batchResults,
  cancelBatch,
  createBatch,
  deleteBatch,
  getBatch,
  listBatches,
  resolveModel,
  retryBatch,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { inputOfDataset, inputOfItems, requirePictures } from "../batches/batchInputs.js";
import { receiveArchive } from "../batches/receiveArchive.js";
import { announce, deliverBatch } from "../deliver.js";
import type { HandlersOf, RouteContext } from "../routeHandlers.js";

export function batchRoutes(deps: ApiDeps): HandlersOf<"batches"> {
  const { db, maxUploadBytes } = deps;
  return {
    "batches.create": async ({ params, body }, { auth, req, signal }) => {
      const { projectId, keyName } = auth;
      const model = await resolveModel(db, projectId, params.name);
      if (body?.dataset === undefined) requirePictures(model);
      const store = db.artifacts;
      const { options, input } =
        body === undefined
          ? await receiveArchive(req, { store, maxUploadBytes, signal }).then(
              ({ options, pictures }) => ({
                options,
                input: { kind: "pictures", ...pictures } as const,
              }),
            )
          : {
              options: body,
              input:
                body.dataset === undefined
                  ? await inputOfItems(db, body.items ?? [])
                  : await inputOfDataset(db, projectId, body.dataset, model),
            };
      const batch = await createBatch(db, projectId, keyName, { ...options, model, input });
      await deliverBatch(deps, projectId, batch.id);
      return batch;
    },
    "batches.list": ({ query }, { auth }) => listBatches(db, auth.projectId, query),
    "batches.get": ({ params }, { auth }) => getBatch(db, auth.projectId, params.id),
    "batches.results": async ({ params, query }, context) => {
      const { projectId } = context.auth;
      await sendLines(batchResults(db, projectId, params.id, query), context);
      return undefined;
    },
    "batches.cancel": async ({ params }, { auth }) => {
      const batch = await cancelBatch(db, auth.projectId, params.id, auth.keyName);
      announce(deps, auth.projectId);
      return batch;
    },
    "batches.retry": async ({ params }, { auth }) => {
      const batch = await retryBatch(db, auth.projectId, params.id, auth.keyName);
      await deliverBatch(deps, auth.projectId, params.id as Id);
      return batch;
    },
    "batches.delete": async ({ params }, { auth }) => {
      await deleteBatch(db, auth.projectId, params.id);
      return undefined;
    },
  };
}

/** The first lines are read before the head is sent: an unknown batch is still a problem. */
async function sendLines(
  lines: AsyncGenerator<readonly object[]>,
  { res, signal }: RouteContext,
): Promise<void> {
  let next = await lines.next();
  res.writeHead(200, {
    "Content-Type": "application/x-ndjson; charset=utf-8",
    "Cache-Control": "no-store",
  });
  for (; !next.done; next = await lines.next()) {
    signal.throwIfAborted();
    const text = next.value.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (!res.write(text)) await once(res, "drain", { signal });
  }
  res.end();
}
