import {
  AppError,
  type Id,
  type Params,
  type SweepState,
  type SweepView,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { recordEvent } from "./events.js";
import { appendSweepLog } from "./sweepLog.js";
import { readSweep, sweepNotFound } from "./sweepView.js";

/**
 * Has points tried before the sampler is asked again; advance the sweep then.
 * @throws {AppError} `conflict` if the sweep has ended.
 */
export async function enqueuePoints(
  db: Db,
  { projectId, id, actor }: { readonly projectId: Id; readonly id: Id; readonly actor: string },
  points: readonly Params[],
): Promise<SweepView> {
  return db.prisma.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ state: SweepState; logSeq: number }[]>`
      select state, log_seq as "logSeq" from sweeps
      where id = ${id}::uuid and project_id = ${projectId}::uuid for no key update`;
    if (row === undefined) throw sweepNotFound(id);
    if (row.state !== "running" && row.state !== "paused")
      throw new AppError(
        "conflict",
        `cannot enqueue points of a sweep that is ${row.state}: it must be running or paused`,
      );
    await appendSweepLog(
      tx,
      id,
      row.logSeq,
      points.map((params) => ({ kind: "enqueue", params, actor }) as const),
    );
    await recordEvent(tx, projectId, { type: "sweep.changed", sweepId: id });
    return readSweep(tx, projectId, id);
  });
}
