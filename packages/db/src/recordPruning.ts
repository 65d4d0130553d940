import type { EpochLedger, Id, PruningLogEntry } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { readEpochLedger } from "./epochLedger.js";
import { Prisma } from "./generated/client.js";
import type { OwnedRun } from "./heartbeat.js";
import { jsonb } from "./json.js";
import { logPruning } from "./pruningLog.js";
import { enterState } from "./runTransition.js";

/** What a pruner wants remembered after a report. */
export interface PruningMemory {
  /** The run's value at each rung that it has reached. */
  readonly rungs?: readonly number[];
  /** An automatic resource, settled for the whole sweep: the first one told stays. */
  readonly resource?: number;
  /** Why the run stops or pauses here. */
  readonly reason?: Readonly<Record<string, unknown>>;
}

export type JudgedEntry = Extract<PruningLogEntry, { kind: "judged" }>;

/** A decision, what it remembers, and how the log is to tell of it. */
export interface JudgedReport<Verdict> {
  readonly verdict: Verdict;
  readonly memory: PruningMemory | null;
  readonly entry: JudgedEntry;
}

/**
 * Keeps what a decision remembers, and the decision. `lost`: another attempt has taken over, and
 * `outdated`: the sweep's settings were edited since; then nothing is kept.
 * @param decideAgain with what the budget has for the run to go on: asked while the sweep's row is
 *   held, so that no two runs are promised the same epochs
 * @returns the decision that was kept
 */
export async function recordPruning<Verdict>(
  db: Db,
  { runId, attempt }: OwnedRun,
  judged: JudgedReport<Verdict>,
  decideAgain: ((ledger: EpochLedger) => Promise<JudgedReport<Verdict>>) | null = null,
): Promise<JudgedReport<Verdict> | "lost" | "outdated"> {
  return db.prisma.$transaction(async (tx) => {
    // An edit holds the sweep's row before it holds runs: in the same order nobody waits in a ring.
    if (judged.memory?.resource !== undefined || decideAgain !== null)
      await tx.$queryRaw`
        select 1 from sweeps s join runs r on r.sweep_id = s.id
        where r.id = ${runId}::uuid for no key update of s`;
    const [own] = await tx.$queryRaw<{ sweepId: Id }[]>`
      select sweep_id as "sweepId" from runs
      where id = ${runId}::uuid and attempt = ${attempt} and state = 'running' for update`;
    if (own === undefined) return "lost";
    // Its own statement: an edit that held the run until now is seen by it.
    const [sweep] = await tx.$queryRaw<{ version: number }[]>`
      select version from sweeps where id = ${own.sweepId}::uuid`;
    if (sweep?.version !== judged.entry.version) return "outdated";
    const ledger = decideAgain && (await readEpochLedger(tx, own.sweepId, runId));
    const kept = decideAgain && ledger ? await decideAgain(ledger) : judged;
    const { rungs, resource, reason } = kept.memory ?? {};
    // As text: JSON, which Prisma's parameters pass through, has no infinities.
    const values = Prisma.sql`${(rungs ?? []).map(String)}::text[]::float8[]`;
    await tx.$executeRaw`
      update runs set rungs = case when ${rungs === undefined} then rungs else ${values} end,
        pruner_reason = coalesce(${reason === undefined ? null : jsonb(reason)}, pruner_reason)
      where id = ${runId}::uuid`;
    if (resource !== undefined)
      await tx.$executeRaw`
        update sweeps set pruner_resource = ${resource}
        where id = ${own.sweepId}::uuid and pruner_resource is null`;
    await logPruning(tx, own.sweepId, kept.entry);
    return kept;
  });
}

/** Logs that a run goes on, where there is nothing to remember. */
export async function logKept(
  db: Db,
  { runId, attempt }: OwnedRun,
  entry: JudgedEntry,
): Promise<void> {
  await db.prisma.$executeRaw`
    insert into pruning_log (sweep_id, kind, entry)
    select sweep_id, ${entry.kind}, ${JSON.stringify(entry)}::json from runs
    where id = ${runId}::uuid and attempt = ${attempt} and state = 'running'`;
}

/**
 * Forgets what the pruner remembered, since another one takes its place; runs that wait at a rung
 * are queued again, for the new one to judge. The caller holds the sweep's row.
 * @param version of the settings that the new pruner comes with
 * @returns the runs that were queued
 */
export async function forgetPruning(tx: Tx, sweepId: Id, version: number): Promise<Id[]> {
  // Those that train are held too: what is decided about them just now is outdated then.
  await tx.$queryRaw`
    select 1 from runs where sweep_id = ${sweepId}::uuid
      and (paused_rung is not null or rungs <> '{}' or state = 'running')
    order by id for update`;
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    update runs r set ${enterState("resume", "the pruner was changed")}
    where r.sweep_id = ${sweepId}::uuid and r.paused_rung is not null returning r.id`;
  await tx.$executeRaw`
    update runs set rungs = '{}' where sweep_id = ${sweepId}::uuid and rungs <> '{}'`;
  await tx.$executeRaw`update sweeps set pruner_resource = null where id = ${sweepId}::uuid`;
  await logStandings(tx, sweepId);
  await logPruning(tx, sweepId, { kind: "forgotten", version });
  return rows.map(({ id }) => id);
}

/** Where nothing was pruned until now nothing was logged: how the runs stand that have ended. */
async function logStandings(tx: Tx, sweepId: Id): Promise<void> {
  await tx.$executeRaw`
    insert into pruning_log (sweep_id, kind, entry)
    select r.sweep_id, 'standing', json_build_object('kind', 'standing', 'number', r.number,
      'completed', r.state = 'completed', 'excluded', r.excluded_at is not null,
      'pausedRung', null, 'value', r.objective)
    from runs r join sweeps s on s.id = r.sweep_id
    where s.id = ${sweepId}::uuid and s.pruner ->> 'name' = 'none'
      and (r.state = 'completed' or r.excluded_at is not null)
    order by r.number`;
}
