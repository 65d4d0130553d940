import {
  drainWorker,
  listWorkers,
  queueHistory,
  queueStatus,
  resumeWorker,
  workerLoad,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import type { HandlersOf } from "../routeHandlers.js";

export function workerRoutes(deps: ApiDeps): HandlersOf<"workers" | "queue"> {
  const { db, queues, log } = deps;
  return {
    "workers.list": async (_request, { auth }) => ({
      items: await listWorkers(db, auth.projectId),
    }),
    "workers.load": async ({ query }) => ({ items: await workerLoad(db, query.minutes) }),
    "workers.drain": async ({ params, body }, { auth }) => {
      const drain = { runs: body.runs, by: auth.keyName };
      const worker = await drainWorker(db, auth.projectId, params.id, drain);
      announce(deps, auth.projectId);
      return worker;
    },
    "workers.resume": async ({ params }, { auth }) => {
      const worker = await resumeWorker(db, auth.projectId, params.id);
      announce(deps, auth.projectId);
      return worker;
    },
    "queue.history": ({ query }, { auth }) => queueHistory(db, auth.projectId, query.minutes),
    "queue.get": async (_request, { auth }) => {
      const jobs = queues.counts().catch((error: unknown) => {
        log.debug({ err: error }, "no counts of jobs");
        return null;
      });
      return { ...(await queueStatus(db, auth.projectId)), jobs: await jobs };
    },
  };
}
