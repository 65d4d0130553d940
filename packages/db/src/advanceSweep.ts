import type {
  AskedRun,
  Direction,
  Id,
  Objective,
  SweepLogRow,
  SweepState,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import type { Delivery } from "./delivery.js";
import { readEpochLedger } from "./epochLedger.js";
import { recordEvents } from "./events.js";
import { type Evolve, evolvePaused } from "./evolvePaused.js";
import { insertSweepRuns, type NewClaim } from "./insertSweepRuns.js";
import { type Promote, promotePaused, settleRungs } from "./promotePaused.js";
import { enterState } from "./runTransition.js";
import type { AdvanceInput, Decision } from "./sweepDecision.js";
import {
  appendSweepLog,
  type LogPosition,
  observeRuns,
  readSweepLog,
  toLogRows,
} from "./sweepLog.js";
import { sweepNotFound } from "./sweepView.js";
import { tellWebhooks } from "./webhooks/tellWebhooks.js";

/** Remembers how sweeps stand, so that only what is new of a log has to be read. */
export interface Decider {
  known(sweepId: Id): LogPosition | null;
  /** Synchronous, and pure but for what it remembers. */
  decide(input: AdvanceInput): Decision;
  /** Of the runs that wait at a rung, those who go on. */
  readonly promote: Promote;
  /** What the members of a population that waits do next. */
  readonly evolve: Evolve;
  forget(sweepId: Id): void;
}

export interface Advanced {
  /** To be enqueued, unless claimed. */
  readonly created: Delivery[];
  /** Those of them that trainers who asked hold by now. */
  readonly claimed?: readonly AskedRun[];
  /** True if this call ended the sweep. */
  readonly ended: boolean;
  /** Why nothing further is made, in words; null: there is more to make. */
  readonly reason: string | null;
  /** Absent if the sweep is not running. */
  readonly projectId?: Id;
}

/**
 * Makes a sweep's next runs in one transaction that holds the sweep's row, so that parallel calls
 * take turns and the budget is never passed. What the decision saw and what it decided are written
 * to the sweep's log. A sweep that is not running changes nothing, and nothing is decided.
 */
export async function advanceSweep(db: Db, sweepId: Id, decider: Decider): Promise<Advanced> {
  try {
    return await db.prisma.$transaction((tx) => advance(tx, sweepId, decider));
  } catch (error) {
    decider.forget(sweepId);
    throw error;
  }
}

async function advance(
  tx: Tx,
  sweepId: Id,
  decider: Decider,
  claims?: readonly NewClaim[],
): Promise<Advanced> {
  return advanceLocked(tx, await lockSweep(tx, sweepId), decider, claims);
}

/**
 * `advanceSweep` for who holds the sweep's row already, as it is now.
 * @param claims of external trainers, one for each run that is asked for just now: the first runs
 *   made are theirs at once, any others wait. Who calls tells of those made.
 */
export async function advanceLocked(
  tx: Tx,
  { sweep, state, evolves, ...row }: LockedSweep,
  decider: Decider,
  claims?: readonly NewClaim[],
): Promise<Advanced> {
  if (state !== "running") return { created: [], ended: false, reason: null };
  const { id: sweepId, projectId } = sweep;
  const isExternal = sweep.trainer.kind === "external"; // its runs wait at no rung and take no slot
  const promoted = isExternal ? [] : await promotePaused(tx, sweep, decider.promote);
  const observed = await observeRuns(tx, sweep);
  const news = toLogRows(row.log.seq, observed);
  const { rows, fromStart } = await readKnown(tx, sweepId, decider, { last: row.log, news });
  const decision = decider.decide({
    sweep,
    log: rows,
    fromStart,
    tx: row.tx,
    nextNumber: row.nextNumber,
    elapsedSeconds: row.elapsedSeconds,
    liveSlotMs: sweep.budget.slot_seconds === undefined ? 0 : await readLiveSlotMs(tx, sweepId),
    epochLedger: sweep.budget.epochs === undefined ? null : await readEpochLedger(tx, sweepId),
    slots: isExternal ? NO_SLOTS : await countSlots(tx),
    ...(claims && { wanted: claims.length }),
  });
  const { points, end, unfinished, judged } = decision;
  const entries = [...observed, ...(judged ? [judged] : []), ...points.map(({ asked }) => asked)];
  const newRuns = points.reduce((sum, { runs }) => sum + runs.length, 0);
  await appendSweepLog(tx, sweepId, row.log.seq, entries, newRuns);
  const { inserted, claimed } = await insertSweepRuns(tx, sweep, points, claims ?? []);
  if (inserted.length > 0 && claims === undefined)
    await recordEvents(tx, projectId, [
      ...inserted.map(({ runId }) => ({ type: "run.changed", runId }) as const),
      { type: "sweep.changed", sweepId },
    ]);
  const created = [...promoted, ...inserted];
  const reason = end?.reason ?? null;
  if (created.length === 0) {
    const evolved =
      evolves && end?.cancelQueued !== true ? await evolvePaused(tx, sweep, decider.evolve) : [];
    if (evolved.length > 0) return { created: evolved, ended: false, reason, projectId };
    const settled = await settleRungs(tx, sweep, decider.promote, end?.cancelQueued === true);
    if (settled.promoted.length > 0)
      return { created: settled.promoted, ended: false, reason, projectId };
    if (settled.pruned > 0) return advance(tx, sweepId, decider, claims);
  }
  if (end === undefined) return { created, claimed, ended: false, reason, projectId };
  if (end.cancelQueued && (await cancelUnbegun(tx, sweep, end.reason)) > 0)
    return advance(tx, sweepId, decider, claims);
  if (unfinished > 0) return { created, claimed, ended: false, reason, projectId };

  await appendSweepLog(tx, sweepId, row.log.seq + entries.length, [
    { kind: "end", reason: end.reason },
  ]);
  await tx.$executeRaw`
    update sweeps set state = 'completed', state_reason = ${end.reason},
      ended_at = now(), updated_at = now()
    where id = ${sweepId}::uuid`;
  await recordEvents(tx, projectId, [{ type: "sweep.changed", sweepId }]);
  const { name } = await tx.sweep.findUniqueOrThrow({ where: { id: sweepId } });
  const data = { sweepId, name, reason: end.reason };
  await tellWebhooks(tx, projectId, { type: "sweep.completed", data });
  return { created, claimed, ended: true, reason, projectId };
}

/**
 * What the decider has not seen; its own memory is asked only now that the row is held. The log is
 * read only if its last entry is another one than the decider's.
 */
async function readKnown(
  tx: Tx,
  sweepId: Id,
  decider: Decider,
  { last, news }: { readonly last: LockedSweep["log"]; readonly news: readonly SweepLogRow[] },
): Promise<{ rows: readonly SweepLogRow[]; fromStart: boolean }> {
  const known = decider.known(sweepId);
  if (known !== null && known.seq === last.seq && known.tx === last.tx)
    return { rows: news, fromStart: false };
  const { rows, fromStart } = await readSweepLog(tx, sweepId, known);
  return { rows: [...rows.filter((row) => row.seq <= last.seq), ...news], fromStart };
}

interface SweepRow extends Omit<AdvanceInput["sweep"], "seed" | "objective"> {
  readonly state: SweepState;
  readonly stateReason: string | null;
  /** Whether its runs are a population, whose worst copy the best. */
  readonly evolves: boolean;
  readonly seed: bigint;
  readonly metric: Objective["metric"];
  readonly direction: Direction;
  readonly nextNumber: number;
  readonly logSeq: number;
  /** Of the log's last entry; null if that was written while this transaction waited for the row. */
  readonly logTx: string | null;
  readonly elapsedSeconds: number;
  readonly tx: string;
}

/** A sweep whose row this transaction holds. */
export type LockedSweep = Awaited<ReturnType<typeof lockSweep>>;

/**
 * @param projectId absent: whichever it is
 * @throws {AppError} `not_found` if there is none of this id, or it is another project's
 */
export async function lockSweep(tx: Tx, id: Id, projectId: Id | null = null) {
  const [row] = await tx.$queryRaw<SweepRow[]>`
    select id, project_id as "projectId", name, state, state_reason as "stateReason", plan, trainer, objective_metric as metric,
      objective_direction as direction, objectives, constraints, repeats, folds, budget, planned_runs as "plannedRuns", target, terminator,
      parallelism, priority, seed, tags, next_number as "nextNumber", created_by as "createdBy",
      log_seq as "logSeq",
      (select l.tx::text from sweep_log l where l.sweep_id = sweeps.id and l.seq = sweeps.log_seq) as "logTx",
      pg_current_xact_id()::text as tx,
      sampler ->> 'name' = 'pbt' as evolves,
      extract(epoch from clock_timestamp() - created_at)::float8 as "elapsedSeconds"
    from sweeps
    where id = ${id}::uuid and project_id = coalesce(${projectId}::uuid, project_id)
    for no key update`;
  if (row === undefined) throw sweepNotFound(id);
  const {
    metric,
    direction,
    objectives,
    seed,
    state,
    stateReason,
    nextNumber,
    logSeq,
    logTx,
    elapsedSeconds,
    tx: xid,
    evolves,
    ...rest
  } = row;
  return {
    sweep: {
      ...rest,
      seed: Number(seed),
      objective: { metric, direction },
      objectives: objectives.length > 0 ? objectives : [{ metric, direction }],
    },
    state,
    stateReason,
    evolves,
    nextNumber,
    log: { seq: logSeq, tx: logTx },
    elapsedSeconds,
    tx: xid,
  };
}

/** Time that runs which still go on have held a slot. */
async function readLiveSlotMs(tx: Tx, sweepId: Id): Promise<number> {
  const [row] = await tx.$queryRaw<{ ms: number }[]>`
    select coalesce(sum(extract(epoch from coalesce(a.ended_at, now()) - a.started_at)) * 1000, 0)
      ::float8 as ms
    from runs r join attempts a on a.run_id = r.id
    where r.sweep_id = ${sweepId}::uuid and r.ended_at is null`;
  return row?.ms ?? 0;
}

const NO_SLOTS = { total: 0, busy: 0, queued: 0 };

/** Slots of workers heard of in the last minute, and what they have to do. */
async function countSlots(tx: Tx): Promise<AdvanceInput["slots"]> {
  const [slots] = await tx.$queryRaw<AdvanceInput["slots"][]>`
    select
      (select coalesce(sum(jsonb_array_length(slots)), 0)::int from workers
        where state = 'active' and last_seen_at > now() - interval '1 minute') as total,
      (select count(*)::int from runs where state = 'running' and trainer <> 'external') as busy,
      (select count(*)::int from runs where state = 'queued' and trainer <> 'external') as queued`;
  return slots ?? NO_SLOTS;
}

/** Runs that no attempt has begun, and that there is no use in beginning any more. */
async function cancelUnbegun(
  tx: Tx,
  sweep: AdvanceInput["sweep"],
  reason: string,
): Promise<number> {
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    with locked as (
      select id from runs where sweep_id = ${sweep.id}::uuid and state = 'queued' and attempt = 0
      order by id for update
    )
    update runs r set ${enterState("cancel", reason)} from locked where r.id = locked.id
    returning r.id`;
  await recordEvents(
    tx,
    sweep.projectId,
    rows.map(({ id }) => ({ type: "run.changed", runId: id }) as const),
  );
  return rows.length;
}
