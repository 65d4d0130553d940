import {
  type Id,
  isTerminal,
  type MetricConstraint,
  type Objective,
  pastBound,
  type RunState,
  type SweepLogEntry,
  type SweepLogRow,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";

/** What each row of a sweep's log is read as; `at` is an instant in text. */
interface LogRow {
  readonly seq: number;
  readonly tx: string;
  readonly at: Date;
  readonly entry: SweepLogEntry;
}

const toRow = ({ seq, at, entry }: LogRow): SweepLogRow => ({
  seq,
  at: at.toISOString(),
  entry,
});

/** Where a reader stands in a log: at entry `seq`, which transaction `tx` wrote. */
export interface LogPosition {
  readonly seq: number;
  readonly tx: string;
}

/**
 * The log after `known`, or all of it if entry `known.seq` is another one than was read there: the
 * transaction that wrote the one known has failed.
 */
export async function readSweepLog(
  tx: Tx,
  sweepId: Id,
  known: LogPosition | null,
): Promise<{ rows: SweepLogRow[]; fromStart: boolean }> {
  const from = known?.seq ?? 1;
  const rows = await tx.$queryRaw<LogRow[]>`
    select seq, tx::text as tx, at, entry from sweep_log
    where sweep_id = ${sweepId}::uuid and seq >= ${from} order by seq`;
  if (known === null) return { rows: rows.map(toRow), fromStart: true };
  const [last, ...later] = rows;
  if (last?.tx !== known.tx) return readSweepLog(tx, sweepId, null);
  return { rows: later.map(toRow), fromStart: false };
}

/** Entries as they will be read, numbered on from `seq`. */
export function toLogRows(seq: number, entries: readonly SweepLogEntry[]): SweepLogRow[] {
  const at = new Date().toISOString();
  return entries.map((entry, index) => ({ seq: seq + 1 + index, at, entry }));
}

/**
 * Writes entries after `seq`, the log's last; the caller holds the sweep's row.
 * @param newRuns runs that the entries number: the sweep's counter moves on by so many
 */
export async function appendSweepLog(
  tx: Tx,
  sweepId: Id,
  seq: number,
  entries: readonly SweepLogEntry[],
  newRuns = 0,
): Promise<void> {
  if (entries.length === 0) return;
  await tx.$executeRaw`
    with counted as (
      update sweeps set log_seq = ${seq + entries.length},
        next_number = next_number + ${newRuns}, updated_at = now()
      where id = ${sweepId}::uuid
    )
    insert into sweep_log (sweep_id, seq, kind, entry)
    select ${sweepId}::uuid, ${seq} + e.position::int, e.kind, e.entry::json
    from unnest(
      ${entries.map(({ kind }) => kind)}::text[], ${entries.map((entry) => JSON.stringify(entry))}::text[]
    ) with ordinality e (kind, entry, position)`;
}

interface ObservedSweep {
  readonly id: Id;
  readonly objectives: readonly Objective[];
  readonly constraints: readonly MetricConstraint[];
}

interface UnobservedRow {
  readonly number: number;
  readonly state: RunState;
  readonly objective: number | null;
  /** Last finite value of each. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly excluded: boolean;
  readonly epoch: number;
  readonly slotMs: number;
}

/**
 * What became of runs since the log last told of them, and from now on it does. A row that another
 * transaction holds is left for the next time: its change is not committed.
 */
export async function observeRuns(
  tx: Tx,
  { id: sweepId, objectives, constraints }: ObservedSweep,
): Promise<SweepLogEntry[]> {
  const rows = await tx.$queryRaw<UnobservedRow[]>`
    with locked as (
      select r.id from runs r where r.sweep_id = ${sweepId}::uuid and r.unobserved
      order by r.id for update skip locked
    )
    update runs r set unobserved = false from locked where r.id = locked.id
    returning r.number, r.state, r.objective, r.metrics, r.excluded_at is not null as excluded, r.epoch,
      (select coalesce(sum(extract(epoch from coalesce(a.ended_at, now()) - a.started_at)) * 1000, 0)
        ::float8 from attempts a where a.run_id = r.id) as "slotMs"`;
  return rows
    .sort((a, b) => a.number - b.number)
    .map(({ number, state, objective, metrics, excluded, epoch, slotMs }) => ({
      kind: "run",
      number,
      state: state === "queued" ? "running" : state,
      values: [objective, ...objectives.slice(1).map(({ metric }) => metrics[metric] ?? null)],
      constraints: isTerminal(state)
        ? constraints.map((constraint) => pastBound(constraint, metrics))
        : [],
      points:
        (state === "pruned" || state === "paused") && epoch > 0
          ? [{ step: epoch - 1, value: objective }]
          : [],
      excluded,
      epochs: epoch,
      slotMs: Math.round(slotMs),
    }));
}
