import type { Budget, EpochLedger, Id, Objective, PrunerConfig } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import type { Delivery } from "./delivery.js";
import { readEpochLedger } from "./epochLedger.js";
import { recordEvents } from "./events.js";
import { logPruning } from "./pruningLog.js";
import { enterState } from "./runTransition.js";

/** A run with its values at rungs; packages/search calls it a RungRun. */
export interface RungRow {
  readonly number: number;
  readonly excluded: boolean;
  readonly rungs: number[];
  /** The epochs of its plan. */
  readonly steps: number;
  readonly pausedAtRung: number | null;
}

/** Chooses who goes on. Pure. */
export type Promote = (
  runs: readonly RungRow[],
  pruner: PrunerConfig,
  objective: Objective,
  options: { readonly lastChance: boolean; readonly ledger?: EpochLedger },
) => readonly { readonly number: number; readonly why: string }[];

export interface PausedSweep {
  readonly id: Id;
  readonly projectId: Id;
  readonly objective: Objective;
  readonly parallelism: number | null;
  readonly budget: Budget;
}

/**
 * Queues the runs that have won the rung they wait at, as many as the sweep's parallelism and its
 * budget have room for. The caller holds the sweep's row, and enqueues what is returned.
 */
export async function promotePaused(
  tx: Tx,
  sweep: PausedSweep,
  promote: Promote,
): Promise<Delivery[]> {
  const standing = await readStanding(tx, sweep.id);
  if (standing.waiting === 0) return [];
  const room = (sweep.parallelism ?? Number.POSITIVE_INFINITY) - standing.live;
  return queueWinners(tx, sweep, promote, { room, lastChance: false });
}

/**
 * When nothing trains and nothing is to come: gives rungs with too few runs their one winner, or,
 * if nobody can be promoted any more, ends those who wait as pruned.
 * @param giveUp promote nobody: the sweep has found what it wanted
 */
export async function settleRungs(
  tx: Tx,
  sweep: PausedSweep,
  promote: Promote,
  giveUp: boolean,
): Promise<{ promoted: Delivery[]; pruned: number }> {
  const standing = await readStanding(tx, sweep.id);
  if (standing.waiting === 0 || standing.live > 0) return { promoted: [], pruned: 0 };
  const room = sweep.parallelism ?? Number.POSITIVE_INFINITY;
  const promoted = giveUp ? [] : await queueWinners(tx, sweep, promote, { room, lastChance: true });
  if (promoted.length > 0) return { promoted, pruned: 0 };
  return { promoted, pruned: await pruneLosers(tx, sweep, giveUp) };
}

/** Runs that train or are about to, and runs that wait at a rung. */
async function readStanding(tx: Tx, sweepId: Id): Promise<{ live: number; waiting: number }> {
  const [standing] = await tx.$queryRaw<{ live: number; waiting: number }[]>`
    select count(*) filter (where state in ('queued', 'running'))::int as live,
      count(*) filter (where paused_rung is not null)::int as waiting
    from runs where sweep_id = ${sweepId}::uuid and state in ('queued', 'running', 'paused')`;
  return standing ?? { live: 0, waiting: 0 };
}

async function queueWinners(
  tx: Tx,
  sweep: PausedSweep,
  promote: Promote,
  { room, lastChance }: { readonly room: number; readonly lastChance: boolean },
): Promise<Delivery[]> {
  const [settings] = await tx.$queryRaw<{ pruner: PrunerConfig; version: number }[]>`
    select pruner, version from sweeps where id = ${sweep.id}::uuid`;
  if (settings === undefined) return [];
  const rows = await tx.$queryRaw<(RungRow & { readonly saw: string })[]>`
    select pg_current_snapshot()::text as saw, number, excluded_at is not null as excluded, rungs,
      epochs as steps, paused_rung as "pausedAtRung"
    from runs where sweep_id = ${sweep.id}::uuid and rungs <> '{}' order by number`;
  const runs = rows.map(({ saw: _, ...run }) => run);
  const budgeted = await ledgerOf(tx, sweep);
  const options = { lastChance, ...budgeted };
  const winners = promote(runs, settings.pruner, sweep.objective, options).slice(
    0,
    Math.max(0, room),
  );
  const [first] = rows;
  if (winners.length === 0 || first === undefined) return [];
  const { saw } = first;
  await logPruning(tx, sweep.id, {
    kind: "promoted",
    version: settings.version,
    saw,
    room: Number.isFinite(room) ? room : null,
    ...options,
    winners: winners.map(({ number, why }) => ({ number, why })),
  });
  const deliveries: Delivery[] = [];
  for (const { number, why } of winners) {
    const [row] = await tx.$queryRaw<Omit<Delivery, "delayMs">[]>`
      update runs r set ${enterState("resume", `promoted: ${why}`)}
      where r.sweep_id = ${sweep.id}::uuid and r.number = ${number} and r.paused_rung is not null
      returning r.id as "runId", r.generation, r.priority, r.trainer`;
    if (row !== undefined) deliveries.push({ ...row, delayMs: 0 });
  }
  await recordChanges(
    tx,
    sweep,
    deliveries.map(({ runId }) => runId),
  );
  return deliveries;
}

/** To be spread into what is logged: absent where no budget in epochs limits the runs. */
async function ledgerOf(
  tx: Tx,
  { id, budget }: PausedSweep,
): Promise<{ readonly ledger?: EpochLedger }> {
  const ledger = budget.epochs === undefined ? null : await readEpochLedger(tx, id);
  return ledger === null ? {} : { ledger };
}

interface Loser {
  readonly id: Id;
  readonly number: number;
  readonly reason: string | null;
  readonly version: number;
  readonly saw: string;
}

async function pruneLosers(tx: Tx, sweep: PausedSweep, found: boolean): Promise<number> {
  await tx.$queryRaw`
    select 1 from runs where sweep_id = ${sweep.id}::uuid and paused_rung is not null
    order by id for update`;
  const waiting = await tx.$queryRaw<Loser[]>`
    select r.id, r.number, r.state_reason as reason, s.version, pg_current_snapshot()::text as saw
    from runs r join sweeps s on s.id = r.sweep_id
    where s.id = ${sweep.id}::uuid and r.paused_rung is not null order by r.number`;
  const [first] = waiting;
  if (first === undefined) return 0;
  const { version, saw } = first;
  const pruned = waiting.map(({ number }) => number);
  const budgeted = await ledgerOf(tx, sweep);
  await logPruning(tx, sweep.id, { kind: "gave_up", version, saw, found, ...budgeted, pruned });
  for (const { id, reason } of waiting) {
    const pruned = reason?.replace(/^paused/, "pruned") ?? null;
    await tx.$executeRaw`update runs r set ${enterState("prune", pruned)} where r.id = ${id}::uuid`;
  }
  await recordChanges(
    tx,
    sweep,
    waiting.map(({ id }) => id),
  );
  return waiting.length;
}

async function recordChanges(tx: Tx, sweep: PausedSweep, runIds: readonly Id[]): Promise<void> {
  if (runIds.length === 0) return;
  await recordEvents(tx, sweep.projectId, [
    ...runIds.map((runId) => ({ type: "run.changed", runId }) as const),
    { type: "sweep.changed", sweepId: sweep.id },
  ]);
}
