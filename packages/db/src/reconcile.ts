import type { Id, RunEvent } from "@sweepyard/contract";
import { endAttempts } from "./attemptEnd.js";
import type { OwnedChunk } from "./batches/claimChunk.js";
import { takeBackChunks } from "./batches/takeBackChunks.js";
import { type ChunkDelivery, waitingChunks } from "./batches/waitingChunks.js";
import type { Db, Tx } from "./connect.js";
import { type Delivery, queuedDeliveries } from "./delivery.js";
import { recordEvents, trimEvents } from "./events.js";
import type { RunCommand } from "./heartbeat.js";
import { enterState } from "./runTransition.js";

export interface ReconcileOptions {
  /** How long after its end a lease still counts, so that a busy database kills no live run. */
  readonly leaseGraceMs: number;
  /** A worker unseen for so long is lost. Default: one minute. */
  readonly workerLostMs?: number;
  /** Events older than this are dropped. Default: one day. */
  readonly keepEventsMs?: number;
}

export interface Reconciled {
  /** All queued runs: enqueue those that have no live job. */
  readonly requeue: Delivery[];
  /** Running sweeps with nothing queued. */
  readonly advance: Id[];
  /** Runs taken back since their lease had run out. */
  readonly lost: {
    readonly runId: Id;
    readonly attempt: number;
    readonly workerName: string | null;
  }[];
  readonly lostWorkers: Id[];
  /** Chunks of batches that wait: enqueue those that have no live job. */
  readonly chunks: ChunkDelivery[];
  /** Chunks taken back since their lease had run out. */
  readonly lostChunks: OwnedChunk[];
}

/** Repairs what got lost: a worker's death, a dropped job, a missed advance. Any number at one time. */
export async function reconcile(db: Db, options: ReconcileOptions): Promise<Reconciled> {
  const { leaseGraceMs, workerLostMs = 60_000, keepEventsMs = 24 * 3_600_000 } = options;
  const lost = await db.prisma.$transaction((tx) => takeBackRuns(tx, leaseGraceMs));
  const lostChunks = await takeBackChunks(db, leaseGraceMs);
  const lostWorkers = await db.prisma.$transaction((tx) => markLostWorkers(tx, workerLostMs));
  await trimEvents(db, keepEventsMs);
  await dropExpiredLogins(db);
  return {
    requeue: await queuedDeliveries(db, {}),
    advance: await idleSweeps(db),
    lost: lost.map(({ runId, attempt, workerName }) => ({ runId, attempt, workerName })),
    lostWorkers,
    lostChunks,
    chunks: await waitingChunks(db, {}),
  };
}

interface ExpiredRun {
  readonly runId: Id;
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly attempt: number;
  readonly failures: number;
  readonly maxAttempts: number;
  readonly command: RunCommand | null;
  readonly commandReason: string | null;
  readonly workerName: string | null;
}

/** Rows that another reconcile, or a late heartbeat, holds are passed over. */
async function takeBackRuns(tx: Tx, leaseGraceMs: number): Promise<ExpiredRun[]> {
  const expired = await tx.$queryRaw<ExpiredRun[]>`
    select r.id as "runId", r.project_id as "projectId", r.sweep_id as "sweepId", r.attempt,
      r.failures, coalesce(r.max_attempts, 1) as "maxAttempts", r.command,
      r.command_reason as "commandReason", w.name as "workerName"
    from runs r left join workers w on w.id = r.worker_id
    where r.state = 'running'
      and r.lease_until < now() - ${leaseGraceMs} * interval '1 millisecond'
    order by r.id for update of r skip locked`;
  await endAttempts(
    tx,
    expired.map(({ runId, attempt }) => ({ runId, attempt, outcome: "lost" })),
  );
  for (const run of expired) {
    const { event, reason } = fate(run);
    const failed = event === "fail";
    await tx.$executeRaw`
      update runs r set ${enterState(event, reason)}, failures = r.failures + 1,
        error_code = case when ${failed} then 'worker_lost' else error_code end,
        error_message = case when ${failed} then ${reason} else error_message end
      where r.id = ${run.runId}::uuid`;
    const { projectId, runId, sweepId } = run;
    await recordEvents(tx, projectId, [
      { type: "run.changed", runId },
      ...(sweepId === null ? [] : [{ type: "sweep.changed", sweepId } as const]),
    ]);
  }
  return expired;
}

function fate(run: ExpiredRun): { event: RunEvent; reason: string } {
  if (run.command !== null) return { event: run.command, reason: run.commandReason ?? run.command };
  const worker = run.workerName ?? "its worker";
  const failures = run.failures + 1;
  if (failures >= run.maxAttempts)
    return { event: "fail", reason: `all ${failures} attempts are used up; ${worker} was lost` };
  return { event: "hand_back", reason: `attempt ${run.attempt} was lost with ${worker}` };
}

async function markLostWorkers(tx: Tx, workerLostMs: number): Promise<Id[]> {
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    update workers set state = 'lost'
    where state in ('active', 'draining')
      and last_seen_at < now() - ${workerLostMs} * interval '1 millisecond'
    returning id`;
  const ids = rows.map(({ id }) => id);
  await recordEvents(
    tx,
    null,
    ids.map((workerId) => ({ type: "worker.changed", workerId }) as const),
  );
  return ids;
}

/** With nothing queued a running sweep may have room for more runs, or be at its end. */
async function idleSweeps(db: Db): Promise<Id[]> {
  const rows = await db.prisma.$queryRaw<{ id: Id }[]>`
    select s.id from sweeps s
    where s.state = 'running'
      and not exists (select 1 from runs r where r.sweep_id = s.id and r.state = 'queued')
    order by s.priority desc, s.id`;
  return rows.map(({ id }) => id);
}

async function dropExpiredLogins(db: Db): Promise<void> {
  await db.prisma.$executeRaw`delete from login_links where expires_at < now() - interval '1 day'`;
  await db.prisma.$executeRaw`delete from sessions where expires_at < now()`;
}
