import type { Id, PruningLogEntry, PruningLogRow } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";

/** Entries are numbered as they are written; one run's, whose row the caller holds, in its order. */
export async function logPruning(
  tx: Pick<Tx, "$executeRaw">,
  sweepId: Id,
  entry: PruningLogEntry,
): Promise<void> {
  await tx.$executeRaw`
    insert into pruning_log (sweep_id, kind, entry)
    values (${sweepId}::uuid, ${entry.kind}, ${JSON.stringify(entry)}::json)`;
}

/** Entries of a sweep's pruning log after `after`, at most `limit`. */
export async function pruningLog(
  db: Db,
  sweepId: Id,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<PruningLogRow[]> {
  return db.prisma.$queryRaw<PruningLogRow[]>`
    select seq::float8 as seq, tx::float8 as tx, entry from pruning_log
    where sweep_id = ${sweepId}::uuid and seq > ${after} order by seq limit ${limit}`;
}

/** What a replay compares the log with: the sweep's runs as they are now. */
export interface JudgedRun {
  readonly id: Id;
  readonly number: number;
  readonly state: string;
  /** The epochs of its plan. */
  readonly steps: number;
  readonly prunerReason: Readonly<Record<string, unknown>> | null;
  /** Of the objective; steps count from 0. */
  readonly at: number[];
  readonly values: number[];
}

/** Runs with numbers above `after`, at most `limit`. */
export const judgedRuns = (
  db: Db,
  sweepId: Id,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<JudgedRun[]> =>
  db.prisma.$queryRaw<JudgedRun[]>`
    select r.id, r.number, r.state, r.epochs as steps, r.pruner_reason as "prunerReason",
      coalesce(p.at, '{}') as at, coalesce(p.values, '{}') as values
    from runs r join sweeps s on s.id = r.sweep_id
    left join lateral (
      select array_agg(step - 1 order by step) as at, array_agg(value order by step) as values
      from metric_points where run_id = r.id and name = s.objective_metric
    ) p on true
    where r.sweep_id = ${sweepId}::uuid and r.number > ${after} order by r.number limit ${limit}`;
