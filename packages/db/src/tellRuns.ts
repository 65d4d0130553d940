import {
  AppError,
  type FieldError,
  type Id,
  type MetricConstraint,
  type Objective,
  type RunState,
  type TellRuns,
  type ToldRun,
} from "@sweepyard/contract";
import { attemptsEnd } from "./attemptEnd.js";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { stepsInsert, summarize } from "./insertSteps.js";
import { finiteOrNull } from "./json.js";
import { enterState } from "./runTransition.js";

export interface ToldRuns {
  readonly runs: ToldRun[];
  /** Sweeps of which no run goes on any more: they may be at their end. */
  readonly idleSweeps: Id[];
}

type Told = TellRuns["runs"][number];

/**
 * Records the ends of runs that were asked for, each fenced by its attempt, in one transaction and
 * a fixed number of statements.
 * @throws {AppError} `invalid_request` for a completed run without its objectives, and nothing of
 *   any run is recorded then.
 */
export const tellRuns = (db: Db, projectId: Id, told: readonly Told[]): Promise<ToldRuns> =>
  db.prisma.$transaction(async (tx) => {
    const { runs, changed } = await recordEnds(tx, projectId, told);
    const sweepIds = [...new Set(changed.flatMap(({ sweepId }) => sweepId ?? []))];
    await recordEvents(tx, projectId, [
      ...changed.map(({ runId }) => ({ type: "run.changed", runId }) as const),
      ...sweepIds.map((sweepId) => ({ type: "sweep.changed", sweepId }) as const),
    ]);
    return { runs, idleSweeps: await idleAmong(tx, sweepIds) };
  });

export interface RecordedEnds {
  readonly runs: ToldRun[];
  /** Runs whose end was recorded: who calls records the events. */
  readonly changed: readonly { readonly runId: Id; readonly sweepId: Id | null }[];
}

/** `tellRuns` within a transaction, without its events. */
export async function recordEnds(
  tx: Tx,
  projectId: Id,
  told: readonly Told[],
): Promise<RecordedEnds> {
  const rows = await lockRuns(tx, projectId, told);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const owned = told.flatMap((end) => {
    const row = byId.get(end.run);
    const isOwn = row?.state === "running" && row.attempt === end.attempt;
    return isOwn ? [settle(end, row)] : [];
  });
  const errors = told.flatMap((end, index) => missingObjectives(end, index, owned));
  if (errors.length > 0)
    throw new AppError("invalid_request", "the ends were not accepted", { errors });
  await storeEnds(tx, owned);
  const accepted = new Map(owned.map(({ row, state }) => [row.id, state]));
  return {
    runs: told.map(({ run }) => ({
      run,
      accepted: accepted.has(run),
      state: accepted.get(run) ?? byId.get(run)?.state ?? "cancelled",
    })),
    changed: owned.map(({ row }) => ({ runId: row.id, sweepId: row.sweepId })),
  };
}

interface TellRow {
  readonly id: Id;
  readonly sweepId: Id | null;
  readonly number: number;
  readonly state: RunState;
  readonly attempt: number;
  readonly failures: number;
  readonly maxAttempts: number;
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly command: "cancel" | "pause" | null;
  readonly commandReason: string | null;
  readonly metric: string;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly MetricConstraint[];
}

/** @throws {AppError} `not_found` if one of the runs is not the project's, or not external. */
async function lockRuns(tx: Tx, projectId: Id, told: readonly Told[]): Promise<TellRow[]> {
  const ids = told.map(({ run }) => run);
  const rows = await tx.$queryRaw<TellRow[]>`
    select r.id, r.sweep_id as "sweepId", r.number, r.state, r.attempt, r.failures,
      coalesce(r.max_attempts, 1) as "maxAttempts", r.epoch, r.metrics, r.command,
      r.command_reason as "commandReason", s.objective_metric as metric, s.objectives, s.constraints
    from runs r join sweeps s on s.id = r.sweep_id
    where r.id = any(${ids}::uuid[]) and r.project_id = ${projectId}::uuid
      and r.trainer = 'external'
    order by r.id for update of r`;
  const errors = told.flatMap(({ run }, index) =>
    rows.some(({ id }) => id === run)
      ? []
      : [
          {
            path: `runs.${index}.run`,
            rule: "unknown_run",
            message: `this project has no run ${run} that could be asked for`,
          },
        ],
  );
  if (errors.length > 0) throw new AppError("not_found", errors[0]?.message ?? "", { errors });
  return rows;
}

interface Settled {
  readonly end: Told;
  readonly row: TellRow;
  readonly news: Told["rows"];
  readonly event: "complete" | "diverge" | "fail" | "hand_back";
  readonly state: RunState;
  readonly reason: string | null;
  /** What is known of the run now, its last values and its objective among them. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

function settle(end: Told, row: TellRow): Settled {
  const news = end.rows.filter(({ step }) => step > row.epoch).sort((a, b) => a.step - b.step);
  const last = summarize([...news, { step: 0, values: end.values }], undefined).summary;
  const metrics = { ...row.metrics, ...last };
  const told = { end, row, news, metrics };
  switch (end.state) {
    case "completed":
      return { ...told, event: "complete", state: "completed", reason: null };
    case "diverged":
      return { ...told, event: "diverge", state: "diverged", reason: "its trainer told so" };
    case "failed": {
      const failures = row.failures + 1;
      const { message = "its trainer gave no reason", retryable = true } = end.error ?? {};
      const why = `attempt ${failures} of ${row.maxAttempts} failed: ${message}`;
      const again = retryable && failures < row.maxAttempts && row.command === null;
      return again
        ? { ...told, event: "hand_back", state: "queued", reason: why }
        : { ...told, event: "fail", state: "failed", reason: why };
    }
  }
}

/** A completed run without its objective would teach the sampler nothing, and nobody would know why. */
function missingObjectives(end: Told, index: number, owned: readonly Settled[]): FieldError[] {
  const settled = owned.find((each) => each.end === end);
  if (settled === undefined || settled.event !== "complete") return [];
  const { row, metrics } = settled;
  const names = row.objectives.length > 0 ? row.objectives.map((o) => o.metric) : [row.metric];
  const given = { ...metrics, ...Object.fromEntries(Object.entries(end.values)) };
  return names
    .filter((name) => !Object.hasOwn(given, name))
    .map((name) => ({
      path: `runs.${index}.values.${name}`,
      rule: "required",
      message: `is the sweep's objective, and neither a report nor this end has it`,
    }));
}

/**
 * One statement, points and attempts included, for all that end the same way for the same reason,
 * as all completed ones do.
 */
async function storeEnds(tx: Tx, owned: readonly Settled[]): Promise<void> {
  const alike = new Map<string, Settled[]>();
  for (const settled of owned) {
    const key = JSON.stringify([settled.event, settled.reason]);
    alike.set(key, [...(alike.get(key) ?? []), settled]);
  }
  for (const [first, ...others] of alike.values())
    if (first !== undefined) await storeAlike(tx, [first, ...others]);
}

async function storeAlike(tx: Tx, ends: readonly [Settled, ...Settled[]]): Promise<void> {
  const [{ event, reason }] = ends;
  const steps = ends.map(({ row, news }) => ({
    runId: row.id,
    attempt: row.attempt,
    rows: news,
  }));
  const attempts = ends.map(({ row, end }) => ({
    runId: row.id,
    attempt: row.attempt,
    outcome: end.state,
    ...(end.error && { error: end.error }),
  }));
  await tx.$executeRaw`
    with points as (${stepsInsert(steps)}), attempts_ended as (${attemptsEnd(attempts)})
    update runs r set epoch = e.epoch, metrics = e.metrics::jsonb, objective = e.objective,
      failures = r.failures + e.failed, error_code = e.code, error_message = e.message,
      ${enterState(event, reason)}
    from unnest(
      ${ends.map(({ row }) => row.id)}::uuid[],
      ${ends.map(({ row, news }) => news.at(-1)?.step ?? row.epoch)}::int[],
      ${ends.map(({ metrics }) => JSON.stringify(metrics))}::text[],
      ${ends.map(({ row, metrics }) => finiteOrNull(metrics[row.metric] ?? Number.NaN))}::float8[],
      ${ends.map(({ end }) => (end.state === "failed" ? 1 : 0))}::int[],
      ${ends.map(({ end }) => end.error?.code ?? null)}::text[],
      ${ends.map(({ end }) => end.error?.message ?? null)}::text[]
    ) as e(id, epoch, metrics, objective, failed, code, message)
    where r.id = e.id`;
}

/** Running sweeps of which no run goes on any more. */
export async function idleAmong(tx: Tx, sweepIds: readonly Id[]): Promise<Id[]> {
  if (sweepIds.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    select s.id from sweeps s
    where s.id = any(${[...sweepIds]}::uuid[]) and s.state = 'running'
      and not exists (select 1 from runs r where r.sweep_id = s.id and r.state = 'running')`;
  return rows.map(({ id }) => id);
}
