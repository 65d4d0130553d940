import type {
  EngineId,
  Id,
  Params,
  RunState,
  RunView,
  TrainerKind,
  TrainPlan,
} from "@sweepyard/contract";
import { AppError } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import { WAIT_REASON } from "./waitReason.js";

interface RunRow extends Omit<RunView, "createdAt" | "queuedAt" | "startedAt" | "endedAt"> {
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly excludedBy: string | null;
  readonly excludedReason: string | null;
  readonly excludedAt: Date | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** Milliseconds that all attempts at run `r` have taken so far. */
export const TRAIN_MS = Prisma.sql`(
  select coalesce(sum(extract(epoch from coalesce(a.ended_at, now()) - a.started_at)) * 1000, 0)::float8
  from attempts a where a.run_id = r.id)`;

/** Views of the runs `r` that match; `order` may hold `order by` and `limit`. */
export async function readRuns(
  tx: Tx,
  where: Prisma.Sql,
  order: Prisma.Sql = Prisma.empty,
): Promise<RunView[]> {
  const rows = await tx.$queryRaw<RunRow[]>`
    select r.id, r.sweep_id as "sweepId", s.name as "sweepName", r.number, r.name, r.state,
      r.state_reason as "stateReason", ${WAIT_REASON} as "waitReason", r.params, r.sampler_reason as "samplerReason", r.version, r.trainer, r.plan,
      r.point, r.repeat, r.fold,
      r.engine, r.attempt, r.priority, r.tags, r.note, r.excluded_by as "excludedBy",
      r.excluded_reason as "excludedReason", r.excluded_at as "excludedAt", r.epoch, r.epochs,
      r.objective, r.metrics, r.created_at as "createdAt", r.queued_at as "queuedAt",
      r.started_at as "startedAt", r.ended_at as "endedAt", ${TRAIN_MS} as "trainMs",
      w.name as "workerName", r.slot, r.error_code as "errorCode",
      r.error_message as "errorMessage"
    from runs r
    left join sweeps s on s.id = r.sweep_id
    left join workers w on w.id = r.worker_id
    where ${where} ${order}`;
  return rows.map(toRunView);
}

/** Views in the order of `ids`; those that are no run of the project are left out. */
export async function readRunsById(tx: Tx, projectId: Id, ids: readonly Id[]): Promise<RunView[]> {
  if (ids.length === 0) return [];
  const views = await readRuns(
    tx,
    Prisma.sql`r.project_id = ${projectId}::uuid and r.id = any(${ids}::uuid[])`,
  );
  const byId = new Map(views.map((view) => [view.id, view]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** @throws {AppError} `not_found`. */
export async function readRun(tx: Tx, projectId: Id, id: Id): Promise<RunView> {
  const [view] = await readRunsById(tx, projectId, [id]);
  if (view === undefined) throw runNotFound(id);
  return view;
}

export const runNotFound = (id: Id): AppError =>
  new AppError("not_found", `this project has no run ${id}`);

function toRunView(row: RunRow): RunView {
  return {
    id: row.id,
    sweepId: row.sweepId,
    sweepName: row.sweepName,
    number: row.number,
    name: row.name,
    state: row.state satisfies RunState,
    stateReason: row.stateReason,
    waitReason: row.waitReason,
    params: row.params satisfies Params,
    samplerReason: row.samplerReason,
    version: row.version,
    trainer: row.trainer satisfies TrainerKind,
    plan: row.plan satisfies TrainPlan | null,
    engine: row.engine satisfies EngineId | null,
    point: row.point,
    repeat: row.repeat,
    fold: row.fold,
    attempt: row.attempt,
    priority: row.priority,
    tags: row.tags,
    note: row.note,
    excluded:
      row.excludedAt === null
        ? null
        : {
            by: row.excludedBy ?? "",
            reason: row.excludedReason ?? "",
            at: row.excludedAt.toISOString(),
          },
    epoch: row.epoch,
    epochs: row.epochs,
    objective: row.objective,
    metrics: row.metrics,
    createdAt: row.createdAt.toISOString(),
    queuedAt: row.queuedAt?.toISOString() ?? null,
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    trainMs: Math.round(row.trainMs),
    workerName: row.workerName,
    slot: row.slot,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? "" },
  };
}
