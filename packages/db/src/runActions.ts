import { AppError, type Id, nextRunState, type RunState, type RunView } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { enterState } from "./runTransition.js";
import { readRun, runNotFound } from "./runView.js";

/** Cancels a queued or paused run now, a running one at its next heartbeat. */
export const requestCancel = (db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> =>
  changeRun(db, projectId, id, async (tx, run) => {
    nextRunState(run.state, "cancel");
    const reason = `cancelled by ${actor}`;
    if (run.state === "running") await command(tx, id, "cancel", reason);
    else await apply(tx, id, "cancel", reason);
  });

/** Pauses a queued run now, a running one at its next heartbeat; its checkpoint is kept. */
export const requestPause = (db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> =>
  changeRun(db, projectId, id, async (tx, run) => {
    nextRunState(run.state, "pause");
    if (run.command === "cancel")
      throw new AppError("conflict", "cannot pause a run that is about to be cancelled");
    const reason = `paused by ${actor}`;
    if (run.state === "running") await command(tx, id, "pause", reason);
    else await apply(tx, id, "pause", reason);
  });

/** Queues a paused run again; enqueue `queuedDeliveries(db, {runId})`. */
export const resumeRun = (db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> =>
  changeRun(db, projectId, id, async (tx, run) => {
    // It has not obeyed the pause yet: it just goes on.
    if (run.state === "running" && run.command === "pause") return command(tx, id, null, null);
    nextRunState(run.state, "resume");
    await apply(tx, id, "resume", `resumed by ${actor}`);
  });

/**
 * Queues a failed or cancelled run again, from its last checkpoint; enqueue
 * `queuedDeliveries(db, {runId})`. A sweep that had completed runs again until the run ends.
 */
export const retryRun = (db: Db, projectId: Id, id: Id, actor: string): Promise<RunView> =>
  changeRun(db, projectId, id, async (tx, run) => {
    nextRunState(run.state, "retry");
    await apply(tx, id, "retry", `retried by ${actor}`);
    await tx.$executeRaw`
      update runs set failures = 0, error_code = null, error_message = null
      where id = ${id}::uuid`;
    await tx.$executeRaw`
      update sweeps set state = 'running', ended_at = null, updated_at = now(),
        state_reason = ${`run ${run.number} was retried by ${actor}`}
      where id = ${run.sweepId}::uuid and state = 'completed'`;
  });

interface LockedRun {
  readonly number: number;
  readonly state: RunState;
  readonly command: "cancel" | "pause" | null;
  readonly sweepId: Id | null;
}

/** Holds the sweep's row, then the run's, in the order that all others take them in. */
async function changeRun(
  db: Db,
  projectId: Id,
  id: Id,
  change: (tx: Tx, run: LockedRun) => Promise<void>,
): Promise<RunView> {
  return db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`
      select 1 from sweeps s join runs r on r.sweep_id = s.id
      where r.id = ${id}::uuid and r.project_id = ${projectId}::uuid
      for no key update of s`;
    const [run] = await tx.$queryRaw<LockedRun[]>`
      select number, state, command, sweep_id as "sweepId" from runs
      where id = ${id}::uuid and project_id = ${projectId}::uuid for update`;
    if (run === undefined) throw runNotFound(id);
    await change(tx, run);
    const { sweepId } = run;
    await recordEvents(tx, projectId, [
      { type: "run.changed", runId: id },
      ...(sweepId === null ? [] : [{ type: "sweep.changed", sweepId } as const]),
    ]);
    return readRun(tx, projectId, id);
  });
}

async function apply(
  tx: Tx,
  id: Id,
  event: "cancel" | "pause" | "resume" | "retry",
  reason: string,
): Promise<void> {
  await tx.$executeRaw`update runs r set ${enterState(event, reason)} where r.id = ${id}::uuid`;
}

async function command(
  tx: Tx,
  id: Id,
  name: "cancel" | "pause" | null,
  reason: string | null,
): Promise<void> {
  await tx.$executeRaw`
    update runs set command = ${name}, command_reason = ${reason}, updated_at = now()
    where id = ${id}::uuid`;
}
