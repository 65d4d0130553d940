import type { Id, PatchRun, RunView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { recordEvents } from "./events.js";
import { readRun, runNotFound } from "./runView.js";

/** Changes note and tags, or takes the run out of best, importance and sampling, or puts it back. */
export async function patchRun(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
  { note, tags, excluded }: PatchRun,
): Promise<RunView> {
  const now = new Date();
  const exclusion =
    typeof excluded === "string"
      ? { excludedBy: actor, excludedReason: excluded, excludedAt: now }
      : { excludedBy: null, excludedReason: null, excludedAt: null };
  return db.prisma.$transaction(async (tx) => {
    const [run] = await tx.run.updateManyAndReturn({
      where: { id, projectId },
      data: {
        note,
        tags,
        ...(excluded === undefined ? {} : { ...exclusion, unobserved: true }),
        updatedAt: now,
      },
      select: { sweepId: true },
    });
    if (run === undefined) throw runNotFound(id);
    const { sweepId } = run;
    await recordEvents(tx, projectId, [
      { type: "run.changed", runId: id },
      // The sweep's best run may be another one now.
      ...(sweepId !== null && excluded !== undefined
        ? [{ type: "sweep.changed", sweepId } as const]
        : []),
    ]);
    return readRun(tx, projectId, id);
  });
}
