import {
  AppError,
  type AskAnswer,
  type AskedRun,
  type AskRuns,
  type Id,
  nextRunState,
  type SweepState,
  type ToldEnd,
  type ToldRun,
} from "@sweepyard/contract";
import { advanceLocked, type Decider, type LockedSweep, lockSweep } from "./advanceSweep.js";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { ASKED_ATTEMPTS_MAX } from "./insertSweepRuns.js";
import { logRewinds } from "./logRewinds.js";
import { idleAmong, recordEnds } from "./tellRuns.js";

/** One trainer's call: ends that it tells, then runs that it wants; either may be missing. */
export interface AskTellCall {
  readonly told: readonly ToldEnd[];
  readonly ask: AskRuns | null;
}

export interface AskTellAnswer {
  readonly runs: ToldRun[];
  readonly next: AskAnswer | null;
}

/**
 * Records what trainers outside Sweepyard tell of a sweep's runs, and gives them further runs,
 * claimed for them: first those that others have lost, then new ones. All calls share the one
 * transaction that holds the sweep's row, so that many at a time cost little more than one; either
 * all of them are done or none.
 * @throws {AppError} `conflict` if the sweep's trainer is not external; what `tellRuns` throws.
 */
export async function askAndTell(
  db: Db,
  sweep: { readonly projectId: Id; readonly id: Id },
  calls: readonly AskTellCall[],
  decider: Decider,
): Promise<{ answers: AskTellAnswer[]; idleSweeps: Id[] }> {
  try {
    return await db.prisma.$transaction(async (tx) => {
      const locked = await lockExternal(tx, sweep.projectId, sweep.id);
      const { state, stateReason } = locked;
      const all = calls.flatMap(({ told }) => told);
      const { runs, changed } =
        all.length === 0 ? NOTHING_TOLD : await recordEnds(tx, sweep.projectId, all);
      const asks = calls.flatMap(({ ask }) => ask ?? []);
      const given = state === "running" ? await giveRuns(tx, locked, asks, decider) : null;
      const answers = given?.answers ?? asks.map(() => refusal(state, stateReason));
      // A run of two changes, such as made and claimed, is told of once.
      const runIds = new Set([...changed.map(({ runId }) => runId), ...(given?.changed ?? [])]);
      const sweepIds = new Set(changed.flatMap(({ sweepId }) => sweepId ?? []));
      if (runIds.size > 0) sweepIds.add(sweep.id);
      await recordEvents(tx, sweep.projectId, [
        ...[...runIds].map((runId) => ({ type: "run.changed", runId }) as const),
        ...[...sweepIds].map((sweepId) => ({ type: "sweep.changed", sweepId }) as const),
      ]);
      if (asks.length > 0) sweepIds.delete(sweep.id); // with new runs under way it goes on
      return {
        answers: calls.map(({ told, ask }) => ({
          runs: runs.splice(0, told.length),
          next: ask && (answers.shift() ?? null),
        })),
        idleSweeps: await idleAmong(tx, [...sweepIds]),
      };
    });
  } catch (error) {
    decider.forget(sweep.id);
    throw error;
  }
}

const NOTHING_TOLD = { runs: [], changed: [] };

const refusal = (state: SweepState, reason: string | null): AskAnswer => ({
  runs: [],
  state,
  reason: reason ?? `the sweep is ${state}`,
  done: isOver(state),
});

/** The sweep is running. @returns also which runs it has made or claimed */
async function giveRuns(
  tx: Tx,
  locked: LockedSweep,
  asks: readonly AskRuns[],
  decider: Decider,
): Promise<{ answers: AskAnswer[]; changed: Id[] }> {
  const count = asks.reduce((sum, ask) => sum + ask.count, 0);
  if (count === 0) return { answers: [], changed: [] };
  const waiting = await waitingRuns(tx, locked.sweep.id, count);
  await logRewinds(
    tx,
    waiting.map((runId) => ({ runId, epoch: 0 })),
  );
  // One place for each run that is wanted: waiting runs go first, then new ones, in the calls' order.
  const places = asks.flatMap((ask) => Array.from({ length: ask.count }, () => ask));
  const wanting = places.slice(waiting.length);
  const advanced = wanting.length > 0 ? await advanceLocked(tx, locked, decider, wanting) : null;
  const shares = places.flatMap((ask, index) => {
    const runId = waiting[index];
    return runId === undefined ? [] : [{ runId, ask }];
  });
  const claimed = [...(await claim(tx, shares)), ...(advanced?.claimed ?? [])];
  const reason = advanced?.reason ?? LIMITED;
  const done = advanced?.ended === true;
  const answers = asks.map((ask): AskAnswer => {
    const runs = claimed.splice(0, ask.count).sort((a, b) => a.number - b.number);
    const short = runs.length < ask.count;
    return { runs, state: done ? "completed" : "running", reason: short ? reason : null, done };
  });
  const created = advanced?.created.map(({ runId }) => runId) ?? [];
  return { answers, changed: [...waiting, ...created] };
}

const LIMITED = "as many runs are under way as the sweep's parallelism or budget allows";

const isOver = (state: SweepState) => state === "completed" || state === "cancelled";

async function lockExternal(tx: Tx, projectId: Id, id: Id): Promise<LockedSweep> {
  const locked = await lockSweep(tx, id, projectId);
  const { kind } = locked.sweep.trainer;
  if (kind !== "external")
    throw new AppError(
      "conflict",
      `workers train this sweep's runs (trainer ${kind}): only sweeps with trainer {"kind": "external"} give runs to who asks`,
    );
  return locked;
}

/** Runs that were handed back, or that came with another of their point. */
async function waitingRuns(tx: Tx, sweepId: Id, count: number): Promise<Id[]> {
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    select id from runs
    where sweep_id = ${sweepId}::uuid and state = 'queued'
      and (not_before is null or not_before <= now())
    order by number limit ${count} for update skip locked`;
  return rows.map(({ id }) => id);
}

interface ClaimedRow extends Omit<AskedRun, "leaseUntil" | "seed"> {
  readonly seed: bigint | null;
  readonly leaseUntil: Date;
}

interface Share {
  readonly runId: Id;
  readonly ask: AskRuns;
}

/**
 * Claims queued runs, whose rows are held, as one step. A later attempt starts over: what the one
 * before measured goes, since nobody but its trainer knows how to go on.
 */
async function claim(tx: Tx, shares: readonly Share[]): Promise<AskedRun[]> {
  if (shares.length === 0) return [];
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    with asked as (
      select * from unnest(
        ${shares.map(({ runId }) => runId)}::uuid[],
        ${shares.map(({ ask }) => ask.lease_seconds)}::float8[],
        ${shares.map(({ ask }) => ask.worker)}::text[]
      ) as a(id, lease_seconds, worker)
    ), rewound as (
      delete from metric_points p using runs r, asked a
      where r.id = a.id and r.epoch > 0 and p.run_id = r.id
    ), claimed as (
      update runs r set state = ${nextRunState("queued", "claim")}, attempt = attempt + 1,
        state_reason = case when attempt > 0 then 'attempt ' || attempt + 1 end,
        command = null, command_reason = null, max_attempts = ${ASKED_ATTEMPTS_MAX}, not_before = null,
        started_at = coalesce(started_at, now()), epoch = 0, metrics = '{}', objective = null,
        lease_until = clock_timestamp() + a.lease_seconds * interval '1 second', updated_at = now()
      from asked a where r.id = a.id
      returning r.id, r.number, r.params, r.attempt, r.seed, r.lease_until, a.worker
    ), begun as (
      insert into attempts (run_id, number, worker_name, slot, device)
      select id, attempt, worker, 0, 'external' from claimed
    )
    select id as run, number, params, attempt, seed, lease_until as "leaseUntil" from claimed`;
  return rows
    .sort((a, b) => a.number - b.number)
    .map(({ seed, leaseUntil, ...row }) => ({
      ...row,
      seed: Number(seed ?? 0),
      leaseUntil: leaseUntil.toISOString(),
    }));
}
