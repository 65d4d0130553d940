import type { Id } from "@sweepyard/contract";
import { queuedDeliveries, waitingChunks } from "@sweepyard/db";
import type { ApiDeps } from "./apiDeps.js";

/**
 * What Postgres has accepted stays accepted when Redis is away: `reconcile` delivers it later,
 * so a failure here is logged and not answered.
 */
async function tryTo(deps: ApiDeps, what: object, delivery: () => Promise<unknown>): Promise<void> {
  await delivery().catch((error: unknown) => {
    deps.log.warn({ err: error, ...what }, "not enqueued now; reconcile will");
  });
}

/** Enqueues `sweep.advance`, and tells event streams to look. */
export async function deliverSweep(deps: ApiDeps, projectId: Id, sweepId: Id): Promise<void> {
  await tryTo(deps, { sweepId }, () => deps.queues.enqueue("sweep.advance", { sweepId }));
  announce(deps, projectId);
}

/** Gives queued runs their jobs, and tells event streams to look. */
export async function deliverRuns(
  deps: ApiDeps,
  projectId: Id,
  which: { readonly runId: Id } | { readonly sweepId: Id } | "all",
): Promise<void> {
  const found = which === "all" ? {} : which;
  await tryTo(deps, found, async () =>
    deps.queues.ensureRunJobs(await queuedDeliveries(deps.db, found)),
  );
  announce(deps, projectId);
}

/** Gives a batch's chunks their jobs, and tells event streams to look. */
export async function deliverBatch(deps: ApiDeps, projectId: Id, batchId: Id): Promise<void> {
  await tryTo(deps, { batchId }, async () =>
    deps.queues.ensureChunkJobs(await waitingChunks(deps.db, { batchId })),
  );
  announce(deps, projectId);
}

/** Other API processes hear it over Redis; this one need not wait for that. */
export function announce(deps: Pick<ApiDeps, "memory" | "hub" | "queues">, projectId: Id): void {
  deps.memory.versions.clear(); // an alias may have moved
  deps.hub.wake(projectId);
  deps.queues.hint(projectId);
}
