import type { Id, StoredFile } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import type { OwnedRun } from "./heartbeat.js";
import { finiteOrNull, jsonb } from "./json.js";
import { replaceCheckpoint } from "./replaceCheckpoint.js";

export interface EpochReport {
  /** Finished epochs, counted from 1; the step under which the metrics are stored. */
  readonly epoch: number;
  /** NaN and the infinities are stored as such. */
  readonly metrics: Readonly<Record<string, number | undefined>>;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly checkpoint: StoredFile;
  /** The best epoch so far, whose checkpoint is kept beside the last one. */
  readonly isBest?: boolean;
}

export interface EpochAnswer {
  readonly owned: boolean;
  /** The sweep's objective at this epoch, NaN included; null if it was not measured. */
  readonly objective: number | null;
  /** Whether a pruner is to be asked now. */
  readonly prunes: boolean;
}

/**
 * Records an epoch: metric points, the run's summary, its checkpoint and an event, in one
 * transaction. An epoch that is recorded already changes nothing. `seconds` and
 * `samplesPerSecond` become metrics named `epoch_seconds` and `samples_per_second`.
 */
export async function reportEpoch(
  db: Db,
  run: OwnedRun,
  report: EpochReport,
): Promise<EpochAnswer> {
  const { epoch, seconds, samplesPerSecond } = report;
  return db.prisma.$transaction(async (tx) => {
    const row = await lockOwnRun(tx, run);
    if (row === null) return { owned: false, objective: null, prunes: false };
    const values = new Map<string, number>();
    for (const [name, value] of Object.entries(report.metrics))
      if (value !== undefined) values.set(name, value);
    const objective = row.metric === null ? undefined : values.get(row.metric);
    const answer = { owned: true, objective: objective ?? null, prunes: row.prunes };
    if (epoch <= row.epoch) return answer;

    values.set("epoch_seconds", seconds).set("samples_per_second", samplesPerSecond);
    await insertPoints(tx, run, epoch, values);
    const summary = Object.fromEntries([...values].map(([k, v]) => [k, finiteOrNull(v)]));
    const finite = objective === undefined ? null : finiteOrNull(objective);
    await tx.$executeRaw`
      update runs set epoch = ${epoch}, metrics = metrics || ${jsonb(summary)},
        objective = case when ${objective === undefined} then objective else ${finite}::float8 end,
        updated_at = now()
      where id = ${run.runId}::uuid`;
    await tx.$executeRaw`
      update attempts set last_seen_at = now()
      where run_id = ${run.runId}::uuid and number = ${run.attempt}`;
    const { checkpoint } = report;
    const fileName = `epoch-${epoch}.safetensors`;
    await replaceCheckpoint(tx, run, row.projectId, {
      kind: "checkpoint",
      fileName,
      epoch,
      file: checkpoint,
    });
    if (report.isBest === true)
      await replaceCheckpoint(tx, run, row.projectId, {
        kind: "best_checkpoint",
        fileName: `best-${fileName}`,
        epoch,
        file: checkpoint,
      });
    await recordEvent(tx, row.projectId, {
      type: "run.epoch",
      runId: run.runId,
      sweepId: row.sweepId,
      row: { step: epoch, at: row.now.toISOString(), values: summary },
      objective: finite,
    });
    return answer;
  });
}

interface OwnRow {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly epoch: number;
  readonly metric: string | null;
  readonly prunes: boolean;
  readonly now: Date;
}

/** Null if another attempt has taken over, or the run no longer runs. */
async function lockOwnRun(tx: Tx, { runId, attempt }: OwnedRun): Promise<OwnRow | null> {
  const [row] = await tx.$queryRaw<OwnRow[]>`
    select r.project_id as "projectId", r.sweep_id as "sweepId", r.epoch,
      s.objective_metric as metric, coalesce(s.pruner ->> 'name' <> 'none' or s.sampler ->> 'name' = 'pbt', false) as prunes,
      now() as now
    from runs r left join sweeps s on s.id = r.sweep_id
    where r.id = ${runId}::uuid and r.attempt = ${attempt} and r.state = 'running'
    for update of r`;
  return row ?? null;
}

/** Values travel as text: JSON, which Prisma's parameters pass through, has no NaN. */
async function insertPoints(
  tx: Tx,
  { runId, attempt }: OwnedRun,
  step: number,
  values: ReadonlyMap<string, number>,
): Promise<void> {
  await tx.$executeRaw`
    insert into metric_points (run_id, name, step, attempt, value)
    select ${runId}::uuid, p.name, ${step}, ${attempt}, p.value::float8
    from unnest(${[...values.keys()]}::text[], ${[...values.values()].map(String)}::text[])
      as p(name, value)`;
}
