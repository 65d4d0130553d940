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
import { recordEvents } from "./events.js";
import { heartbeat, type OwnedRun, type RunCommand } from "./heartbeat.js";
import { finiteOrNull, jsonb } from "./json.js";
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
    const news = rows.filter(({ step }) => step > held.epoch).sort((a, b) => a.step - b.step);
    const { summary, objective } = summarize(news, held.sweep?.objective.metric);
    await insertRows(tx, [{ ...run, rows: news }]);
    await tx.$executeRaw`
      update runs set epoch = ${news.at(-1)?.step ?? held.epoch},
        metrics = metrics || ${jsonb(summary)},
        objective = case when ${objective === undefined} then objective else ${objective ?? null}::float8 end,
        lease_until = clock_timestamp() + ${lease_seconds} * interval '1 second', updated_at = now()
      where id = ${run.runId}::uuid`;
    await tx.$executeRaw`
      update attempts set last_seen_at = now()
      where run_id = ${run.runId}::uuid and number = ${run.attempt}`;
    const at = new Date().toISOString();
    await recordEvents(
      tx,
      projectId,
      news.map(({ step, values }) => ({
        type: "run.epoch" as const,
        runId: run.runId,
        sweepId: held.sweep?.id ?? null,
        row: { step, at, values: finiteOnly(values) },
        objective: finiteOrNull(values[held.sweep?.objective.metric ?? ""] ?? Number.NaN),
      })),
    );
    return held;
  });
}

const finiteOnly = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finiteOrNull(value)]));

interface StepValues {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The last value of each metric; `objective` is undefined if no row has it. */
export function summarize(rows: readonly StepValues[], metric: string | undefined) {
  const summary: Record<string, number | null> = {};
  for (const { values } of rows) Object.assign(summary, finiteOnly(values));
  const measured = metric !== undefined && Object.hasOwn(summary, metric);
  return { summary, objective: measured ? summary[metric] : undefined };
}

/** Values travel as text: JSON, which Prisma's parameters pass through, has no NaN. */
export async function insertRows(
  tx: Tx,
  runs: readonly (OwnedRun & { readonly rows: readonly StepValues[] })[],
): Promise<void> {
  const points = runs.flatMap(({ runId, attempt, rows }) =>
    rows.flatMap(({ step, values }) =>
      Object.entries(values).map(([name, value]) => ({ runId, attempt, step, name, value })),
    ),
  );
  if (points.length === 0) return;
  await tx.$executeRaw`
    insert into metric_points (run_id, name, step, attempt, value)
    select * from unnest(
      ${points.map(({ runId }) => runId)}::uuid[], ${points.map(({ name }) => name)}::text[],
      ${points.map(({ step }) => step)}::int[], ${points.map(({ attempt }) => attempt)}::int[],
      ${points.map(({ value }) => String(value))}::float8[]
    )
    on conflict (run_id, name, step) do nothing`;
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
