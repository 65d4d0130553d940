import type { Id, StoredFile } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import type { OwnedRun } from "./heartbeat.js";
import { insertSteps, type StepValues, summarize } from "./insertSteps.js";
import { finiteOrNull, jsonb } from "./json.js";
import { replaceCheckpoint } from "./replaceCheckpoint.js";

/**
 * Records what a program has measured since its last report, fenced by its attempt, in one
 * transaction. A step that is recorded already, or comes after a later one, changes nothing.
 */
export async function reportSteps(
  db: Db,
  run: OwnedRun,
  rows: readonly StepValues[],
): Promise<{ readonly owned: boolean; readonly prunes: boolean }> {
  return db.prisma.$transaction(async (tx) => {
    const row = await lockOwnRun(tx, run);
    if (row === null) return { owned: false, prunes: false };
    await recordSteps(tx, run, row, rows);
    await tx.$executeRaw`
      update attempts set last_seen_at = now()
      where run_id = ${run.runId}::uuid and number = ${run.attempt}`;
    return { owned: true, prunes: row.prunes };
  });
}

export interface StepsRun {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly epoch: number;
  /** The sweep's objective. */
  readonly metric: string | null;
}

interface OwnRow extends StepsRun {
  /** Whether a pruner is to be asked now. */
  readonly prunes: boolean;
}

/** Writes the steps after the run's last one, its summary and an event for each; its row is held. */
export async function recordSteps(
  tx: Tx,
  run: OwnedRun,
  { projectId, sweepId, epoch, metric }: StepsRun,
  rows: readonly StepValues[],
): Promise<void> {
  const news = rows.filter(({ step }) => step > epoch).sort((a, b) => a.step - b.step);
  const last = news.at(-1);
  if (last === undefined) return;
  const { summary, objective } = summarize(news, metric ?? undefined);
  await insertSteps(tx, [{ ...run, rows: news }]);
  await tx.$executeRaw`
    update runs set epoch = ${last.step}, metrics = metrics || ${jsonb(summary)},
      objective = case when ${objective === undefined} then objective else ${objective ?? null}::float8 end,
      updated_at = now()
    where id = ${run.runId}::uuid`;
  const at = new Date().toISOString();
  await recordEvents(
    tx,
    projectId,
    news.map(({ step, values }) => ({
      type: "run.epoch" as const,
      runId: run.runId,
      sweepId,
      row: { step, at, values: summarize([{ step, values }], undefined).summary },
      objective: finiteOrNull(values[metric ?? ""] ?? Number.NaN),
    })),
  );
}

/** Keeps what a program goes on from, in place of what it had left before. */
export async function storeRunCheckpoint(
  db: Db,
  run: OwnedRun,
  { step, file }: { readonly step: number; readonly file: StoredFile },
): Promise<{ readonly owned: boolean }> {
  return db.prisma.$transaction(async (tx) => {
    const row = await lockOwnRun(tx, run);
    if (row === null) return { owned: false };
    const epoch = Math.min(step, row.epoch);
    const fileName = `step-${epoch}.tar`;
    await replaceCheckpoint(tx, run, row.projectId, { kind: "checkpoint", fileName, epoch, file });
    return { owned: true };
  });
}

/** Keeps the end of what an attempt's program has printed so far. */
export async function recordLog(db: Db, { runId, attempt }: OwnedRun, log: string): Promise<void> {
  await db.prisma.$executeRaw`
    update attempts set log = ${log}
    where run_id = ${runId}::uuid and number = ${attempt} and ended_at is null`;
}

/** Null if another attempt has taken over, or the run no longer runs. */
async function lockOwnRun(tx: Tx, { runId, attempt }: OwnedRun): Promise<OwnRow | null> {
  const [row] = await tx.$queryRaw<OwnRow[]>`
    select r.project_id as "projectId", r.sweep_id as "sweepId", r.epoch,
      s.objective_metric as metric, coalesce(s.pruner ->> 'name' <> 'none' or s.sampler ->> 'name' = 'pbt', false) as prunes
    from runs r left join sweeps s on s.id = r.sweep_id
    where r.id = ${runId}::uuid and r.attempt = ${attempt} and r.state = 'running'
    for update of r`;
  return row ?? null;
}
