import {
  AppError,
  type Id,
  type Objective,
  type PrunerConfig,
  type ReportRun,
  type RunState,
  type TrainerKind,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { heartbeat, type OwnedRun, type RunCommand } from "./heartbeat.js";
import { recordSteps } from "./reportSteps.js";
import { runNotFound } from "./runView.js";

/** Whether an attempt outside Sweepyard still holds its run, and what is asked of it. */
export interface HeldAnswer {
  readonly owned: boolean;
  readonly state: RunState;
  readonly stateReason: string | null;
  readonly attempt: number;
  readonly command: RunCommand | null;
  readonly sweep: {
    readonly id: Id;
    readonly pruner: PrunerConfig;
    readonly objective: Objective;
  } | null;
}

/** Renews the lease of a run that was asked for. @throws {AppError} `not_found`, `conflict`. */
export async function beatAskedRun(
  db: Db,
  projectId: Id,
  run: OwnedRun,
  leaseMs: number,
): Promise<HeldAnswer> {
  const held = await lockAsked(db.prisma, projectId, run);
  if (!held.owned) return held;
  const [answer] = await heartbeat(db, [run], leaseMs);
  return { ...held, owned: answer?.owned ?? false, command: answer?.command ?? null };
}

/**
 * Records metrics of a run that was asked for, and renews its lease. A step that is recorded
 * already, or comes after a later one, changes nothing.
 * @throws {AppError} `not_found`, or `conflict` if nobody was to ask for the run.
 */
export async function reportAskedRun(
  db: Db,
  projectId: Id,
  run: OwnedRun,
  { rows, lease_seconds }: Pick<ReportRun, "rows" | "lease_seconds">,
): Promise<HeldAnswer> {
  return db.prisma.$transaction(async (tx) => {
    const held = await lockAsked(tx, projectId, run, true);
    if (!held.owned) return held;
    const { epoch, sweep } = held;
    const metric = sweep?.objective.metric ?? null;
    await recordSteps(tx, run, { projectId, sweepId: sweep?.id ?? null, epoch, metric }, rows);
    await tx.$executeRaw`
      update runs set lease_until = clock_timestamp() + ${lease_seconds} * interval '1 second', updated_at = now()
      where id = ${run.runId}::uuid`;
    await tx.$executeRaw`
      update attempts set last_seen_at = now()
      where run_id = ${run.runId}::uuid and number = ${run.attempt}`;
    return held;
  });
}

interface AskedRow {
  readonly state: RunState;
  readonly stateReason: string | null;
  readonly attempt: number;
  readonly command: RunCommand | null;
  readonly trainer: TrainerKind;
  readonly epoch: number;
  readonly sweepId: Id | null;
  readonly metric: string;
  readonly direction: Objective["direction"];
  readonly pruner: PrunerConfig;
}

async function lockAsked(
  tx: Tx,
  projectId: Id,
  { runId, attempt }: OwnedRun,
  lock = false,
): Promise<HeldAnswer & { readonly epoch: number }> {
  if (lock)
    await tx.$queryRaw`
      select 1 from runs where id = ${runId}::uuid and project_id = ${projectId}::uuid for update`;
  const [row] = await tx.$queryRaw<AskedRow[]>`
    select r.state, r.state_reason as "stateReason", r.attempt, r.command, r.trainer, r.epoch,
      r.sweep_id as "sweepId", s.objective_metric as metric, s.objective_direction as direction,
      s.pruner
    from runs r left join sweeps s on s.id = r.sweep_id
    where r.id = ${runId}::uuid and r.project_id = ${projectId}::uuid`;
  if (row === undefined) throw runNotFound(runId);
  if (row.trainer !== "external")
    throw new AppError("conflict", "a worker trains this run: nobody else reports of it");
  const { state, stateReason, command, epoch, sweepId, metric, direction, pruner } = row;
  return {
    owned: row.state === "running" && row.attempt === attempt,
    state,
    stateReason,
    attempt: row.attempt,
    command,
    epoch,
    sweep: sweepId === null ? null : { id: sweepId, pruner, objective: { metric, direction } },
  };
}
