import {
  type Id,
  newId,
  type Objective,
  type Report,
  type RunEnding,
  type RunEvent,
  type RunState,
  reportMetrics,
  type StoredFile,
} from "@sweepyard/contract";
import { endAttempts } from "./attemptEnd.js";
import type { Db, Tx } from "./connect.js";
import type { Delivery } from "./delivery.js";
import { recordEvents } from "./events.js";
import type { OwnedRun, RunCommand } from "./heartbeat.js";
import { jsonb } from "./json.js";
import { enterState, transition } from "./runTransition.js";

export type RunOutcome =
  | {
      readonly kind: "completed";
      readonly ending: RunEnding;
      readonly report: Report;
      readonly weights: StoredFile;
      readonly model: StoredFile;
    }
  /** A program ended well, and these files were in its working directory. */
  | { readonly kind: "program_completed"; readonly files: readonly NamedFile[] }
  | { readonly kind: "pruned"; readonly reason: string }
  /** `reason` where it is not the loss of an epoch. */
  | { readonly kind: "diverged"; readonly epoch: number; readonly reason?: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "paused" }
  /** A halving pruner's doing: it keeps its checkpoint and waits to be promoted. */
  | { readonly kind: "paused_at_rung"; readonly rung: number; readonly reason: string }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      /** False where another attempt would end the same way. */
      readonly retryable: boolean;
    }
  /** The worker stops, or wants nothing to do with the run; costs no attempt. */
  | { readonly kind: "handed_back"; readonly reason: string };

export interface NamedFile extends StoredFile {
  readonly name: string;
}

export type FinishAnswer =
  | { readonly owned: false }
  | {
      readonly owned: true;
      readonly state: RunState;
      /** Present if the run is queued again. */
      readonly requeue?: Delivery;
    };

/**
 * Ends an attempt: its outcome, artifacts, report, the run's state and an event, in one
 * transaction. A retryable failure with attempts left is queued again with a growing delay; a
 * cancel or pause that was asked for meanwhile is obeyed instead.
 */
export async function finishRun(db: Db, run: OwnedRun, told: RunOutcome): Promise<FinishAnswer> {
  const { runId, attempt } = run;
  return db.prisma.$transaction(async (tx) => {
    const row = await lockOwnRun(tx, run);
    if (row === null) return { owned: false };
    const outcome = told.kind === "program_completed" ? resultOf(told, row) : told;
    const { event, reason, failures, delayMs } = settle(outcome, row);
    const error = outcome.kind === "failed" ? outcome : null;
    const ended = outcome.kind === "program_completed" ? "completed" : outcome.kind;
    await endAttempts(tx, [{ runId, attempt, outcome: ended, ...(error && { error }) }]);
    if (outcome.kind === "program_completed") await storeOutputs(tx, run, row, outcome.files);
    if (outcome.kind === "completed") {
      await takeBestEpoch(tx, runId, row.metric, outcome.ending);
      await storeResults(tx, run, row, outcome);
    }
    await tx.$executeRaw`
      update runs r set ${enterState(event, reason, delayMs)}, failures = ${failures},
        error_code = ${error?.code ?? null}, error_message = ${error?.message ?? null}
      where r.id = ${runId}::uuid`;
    if (outcome.kind === "paused_at_rung" && row.command === null)
      await tx.$executeRaw`
        update runs set paused_rung = ${outcome.rung} where id = ${runId}::uuid`;
    const { projectId, sweepId } = row;
    await recordEvents(tx, projectId, [
      { type: "run.changed", runId },
      ...(sweepId === null ? [] : [{ type: "sweep.changed", sweepId } as const]),
    ]);
    const state = transition(event).to;
    if (state !== "queued") return { owned: true, state };
    const { priority, generation, trainer } = row;
    return {
      owned: true,
      state,
      requeue: { runId, generation: generation + 1, priority, delayMs: delayMs ?? 0, trainer },
    };
  });
}

interface OwnRow {
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly generation: number;
  readonly priority: number;
  readonly failures: number;
  readonly maxAttempts: number;
  readonly command: RunCommand | null;
  readonly commandReason: string | null;
  readonly metric: string | null;
  readonly trainer: "engine" | "command";
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly objectives: readonly Objective[] | null;
}

/** Null if another attempt has taken over, or the run no longer runs. */
async function lockOwnRun(tx: Tx, { runId, attempt }: OwnedRun): Promise<OwnRow | null> {
  const [row] = await tx.$queryRaw<OwnRow[]>`
    select r.project_id as "projectId", r.sweep_id as "sweepId", r.generation, r.priority,
      r.failures, coalesce(r.max_attempts, 1) as "maxAttempts", r.command,
      r.command_reason as "commandReason", s.objective_metric as metric, r.trainer, r.epoch,
      r.metrics, s.objectives
    from runs r left join sweeps s on s.id = r.sweep_id
    where r.id = ${runId}::uuid and r.attempt = ${attempt} and r.state = 'running'
    for update of r`;
  return row ?? null;
}

/** A program that ends well without its objectives teaches the sampler nothing: it has failed. */
function resultOf(
  completed: Extract<RunOutcome, { kind: "program_completed" }>,
  { metric, metrics, objectives, epoch }: OwnRow,
): RunOutcome {
  const names = objectives?.length ? objectives.map((each) => each.metric) : [metric ?? ""];
  const missing = names.filter((name) => !Object.hasOwn(metrics, name));
  if (missing.length > 0) {
    const printed = Object.keys(metrics);
    const what = printed.length === 0 ? "no metric at all" : printed.slice(0, 20).join(", ");
    const message = `the program ended well but never printed ${missing.join(" and ")}, the sweep's objective; it printed ${what}`;
    return { kind: "failed", code: "objective_missing", message, retryable: false };
  }
  const infinite = names.find((name) => metrics[name] === null);
  if (infinite === undefined) return completed;
  return { kind: "diverged", epoch, reason: `${infinite} was not finite at the end` };
}

interface Settlement {
  readonly event: RunEvent;
  readonly reason: string | null;
  readonly failures: number;
  readonly delayMs?: number;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

function settle(outcome: RunOutcome, row: OwnRow): Settlement {
  const { failures, maxAttempts } = row;
  switch (outcome.kind) {
    case "completed":
      return { event: "complete", reason: endingText(outcome.ending), failures };
    case "program_completed":
      return { event: "complete", reason: null, failures };
    case "pruned":
      return { event: "prune", reason: outcome.reason, failures };
    case "diverged":
      return {
        event: "diverge",
        reason: outcome.reason ?? `the loss was not finite in epoch ${outcome.epoch}`,
        failures,
      };
    case "cancelled":
      return { event: "cancel", reason: row.commandReason ?? "cancelled", failures };
    case "paused":
      return { event: "pause", reason: row.commandReason ?? "paused", failures };
    case "paused_at_rung":
      return obey(row) ?? { event: "pause", reason: outcome.reason, failures };
    case "handed_back":
      return obey(row) ?? { event: "hand_back", reason: outcome.reason, failures };
    case "failed": {
      const failed = failures + 1;
      const message = `${outcome.message} (${outcome.code})`;
      if (!outcome.retryable) return { event: "fail", reason: message, failures: failed };
      const last = `attempt ${failed} of ${maxAttempts} failed: ${message}`;
      if (failed >= maxAttempts) return { event: "fail", reason: last, failures: failed };
      const delayMs = retryDelayMs(failures);
      return (
        obey(row) ?? {
          event: "hand_back",
          reason: `${last}; tried again after ${(delayMs / 1000).toFixed(1)} s`,
          failures: failed,
          delayMs,
        }
      );
    }
  }
}

/** Doubled with each failure; the jitter keeps runs that failed together from trying again together. */
const retryDelayMs = (failures: number): number =>
  Math.round(
    Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) * (0.5 + Math.random() / 2),
  );

/** Such as "stopped early at epoch 9: val_loss has not improved for 3 epochs; weights of epoch 6". */
function endingText({ epochs, stopped, bestEpoch }: RunEnding): string | null {
  const early = stopped === undefined ? [] : [`stopped early at epoch ${epochs}: ${stopped}`];
  const best =
    bestEpoch === undefined || bestEpoch === epochs ? [] : [`weights of epoch ${bestEpoch}`];
  const text = [...early, ...best].join("; ");
  return text === "" ? null : text;
}

/** A run that would be queued again need not be, if somebody has asked for its end meanwhile. */
function obey({ command, commandReason, failures }: OwnRow): Settlement | null {
  return command && { event: command, reason: commandReason ?? command, failures };
}

/**
 * Where the model is that of an earlier epoch, the run's figures and its objective become that
 * epoch's: they tell of the model that the report and the registry tell of. Time taken stays.
 */
async function takeBestEpoch(
  tx: Tx,
  runId: Id,
  metric: string | null,
  { epochs, bestEpoch = epochs }: RunEnding,
): Promise<void> {
  if (bestEpoch === epochs) return;
  await tx.$executeRaw`
    with best as (
      select name, case when value > '-Infinity' and value < 'Infinity' then value end as value
      from metric_points where run_id = ${runId}::uuid and step = ${bestEpoch}
        and name not in ('epoch_seconds', 'samples_per_second')
    )
    update runs set
      metrics = metrics || (select coalesce(jsonb_object_agg(name, value), '{}') from best),
      objective = coalesce((select value from best where name = ${metric}), objective)
    where id = ${runId}::uuid`;
}

async function storeOutputs(
  tx: Tx,
  { runId, attempt }: OwnedRun,
  { projectId }: OwnRow,
  files: readonly NamedFile[],
): Promise<void> {
  await tx.artifact.createMany({
    data: files.map(({ name, sha256, bytes }) => ({
      id: newId(),
      projectId,
      runId,
      kind: "output",
      fileName: name,
      mediaType: "application/octet-stream",
      sha256,
      bytes,
      attempt,
    })),
  });
}

async function storeResults(
  tx: Tx,
  { runId, attempt }: OwnedRun,
  { projectId, metric }: OwnRow,
  { report, weights, model }: Extract<RunOutcome, { kind: "completed" }>,
): Promise<void> {
  await tx.$executeRaw`
    insert into reports (run_id, attempt, report) values (${runId}::uuid, ${attempt}, ${jsonb(report)})
    on conflict (run_id) do update set attempt = excluded.attempt, report = excluded.report,
      created_at = now()`;
  const files = [
    { kind: "weights", fileName: "weights.safetensors", file: weights },
    { kind: "model", fileName: "model.onnx", file: model },
  ];
  await tx.artifact.createMany({
    data: files.map(({ kind, fileName, file }) => ({
      id: newId(),
      projectId,
      runId,
      kind,
      fileName,
      mediaType: "application/octet-stream",
      sha256: file.sha256,
      bytes: file.bytes,
      attempt,
    })),
  });
  const figures: Record<string, number | null> = {
    ...reportMetrics(report),
    model_bytes: model.bytes,
  };
  const objective = metric === null ? undefined : figures[metric];
  await tx.$executeRaw`
    update runs set metrics = metrics || ${jsonb(figures)},
      objective = case when ${objective === undefined} then objective else ${objective ?? null}::float8 end
    where id = ${runId}::uuid`;
}
