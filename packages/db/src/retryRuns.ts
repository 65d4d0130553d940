import { AppError, type Id, MOST_RETRIES, type RetriedRuns } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { retryRun } from "./runActions.js";

export interface RetriedRunIds extends RetriedRuns {
  /** Those that are queued again. */
  readonly ids: Id[];
}

/**
 * Queues these runs again, or without `ids` the project's failed ones, the one that failed last
 * first. A run that can't be retried is told of and keeps no other from it.
 */
export async function retryRuns(
  db: Db,
  projectId: Id,
  actor: string,
  ids: readonly Id[] | undefined,
): Promise<RetriedRunIds> {
  const done: Id[] = [];
  const refused: RetriedRuns["refused"] = [];
  for (const id of new Set(ids ?? (await failedRuns(db, projectId)))) {
    try {
      await retryRun(db, projectId, id, actor);
      done.push(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ id, message: error.message });
    }
  }
  const left = await db.prisma.run.count({ where: { projectId, state: "failed" } });
  return { ids: done, retried: done.length, refused, left };
}

async function failedRuns(db: Db, projectId: Id): Promise<Id[]> {
  const rows = await db.prisma.run.findMany({
    where: { projectId, state: "failed" },
    orderBy: [{ endedAt: "desc" }, { id: "asc" }],
    take: MOST_RETRIES,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
