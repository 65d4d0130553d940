import { listWorkers, queueStatus } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import type { HandlersOf } from "../routeHandlers.js";

export const workerRoutes = ({ db, queues, log }: ApiDeps): HandlersOf<"workers" | "queue"> => ({
  "workers.list": async (_request, { auth }) => ({
    items: await listWorkers(db, auth.projectId),
  }),
  "queue.get": async (_request, { auth }) => {
    const jobs = queues.counts().catch((error: unknown) => {
      log.debug({ err: error }, "no counts of jobs");
      return null;
    });
    return { ...(await queueStatus(db, auth.projectId)), jobs: await jobs };
  },
});
