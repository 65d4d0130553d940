import {
  AppError,
  type AskAnswer,
  type AskedRun,
  type AskRuns,
  type Id,
  nextRunState,
  type SweepState,
  type SweepTrainer,
  type ToldEnd,
  type ToldRun,
} from "@sweepyard/contract";
import { advance, type Decider } from "./advanceSweep.js";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { logRewinds } from "./logRewinds.js";
import { sweepNotFound } from "./sweepView.js";
import { recordEnds } from "./tellRuns.js";

/** Attempts of a run, the first included, before it counts as failed. */
const MAX_ATTEMPTS = 5;

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
      const { state, stateReason } = await lockExternal(tx, sweep.projectId, sweep.id);
      const all = calls.flatMap(({ told }) => told);
      const { runs, idleSweeps } =
        all.length === 0
          ? { runs: [], idleSweeps: [] }
          : await recordEnds(tx, sweep.projectId, all);
      const asks = calls.flatMap(({ ask }) => ask ?? []);
      const answers =
        state === "running"
          ? await giveRuns(tx, sweep, asks, decider)
          : asks.map(() => refusal(state, stateReason));
      return {
        answers: calls.map(({ told, ask }) => ({
          runs: runs.splice(0, told.length),
          next: ask && (answers.shift() ?? null),
        })),
        // With new runs under way it goes on.
        idleSweeps: idleSweeps.filter((id) => id !== sweep.id || asks.length === 0),
      };
    });
  } catch (error) {
    decider.forget(sweep.id);
    throw error;
  }
}

const refusal = (state: SweepState, reason: string | null): AskAnswer => ({
  runs: [],
  state,
  reason: reason ?? `the sweep is ${state}`,
  done: isOver(state),
});

/** The sweep's row is held, and it is running. */
async function giveRuns(
  tx: Tx,
  { projectId, id }: { readonly projectId: Id; readonly id: Id },
  asks: readonly AskRuns[],
  decider: Decider,
): Promise<AskAnswer[]> {
  const count = asks.reduce((sum, ask) => sum + ask.count, 0);
  if (count === 0) return [];
  const waiting = await waitingRuns(tx, id, count);
  await logRewinds(
    tx,
    waiting.map((runId) => ({ runId, epoch: 0 })),
  );
  const wanted = count - waiting.length;
  const advanced = wanted > 0 ? await advance(tx, id, decider, wanted) : null;
  const created = advanced?.created.map(({ runId }) => runId) ?? [];
  // A point of several runs may be more than was wanted: the rest waits for who asks next.
  const ids = [...waiting, ...created];
  const shares = asks.flatMap((ask) => ids.splice(0, ask.count).map((runId) => ({ runId, ask })));
  const claimed = await claim(tx, projectId, shares);
  const reason = advanced?.reason ?? LIMITED;
  const done = advanced?.ended === true;
  return asks.map((ask) => {
    const own = new Set(shares.filter((share) => share.ask === ask).map(({ runId }) => runId));
    const runs = claimed.filter(({ run }) => own.has(run));
    const short = runs.length < ask.count;
    return { runs, state: done ? "completed" : "running", reason: short ? reason : null, done };
  });
}

const LIMITED = "as many runs are under way as the sweep's parallelism or budget allows";

const isOver = (state: SweepState) => state === "completed" || state === "cancelled";

async function lockExternal(tx: Tx, projectId: Id, id: Id) {
  const [sweep] = await tx.$queryRaw<
    { state: SweepState; stateReason: string | null; trainer: SweepTrainer }[]
  >`
    select state, state_reason as "stateReason", trainer from sweeps
    where id = ${id}::uuid and project_id = ${projectId}::uuid for no key update`;
  if (sweep === undefined) throw sweepNotFound(id);
  if (sweep.trainer.kind !== "external")
    throw new AppError(
      "conflict",
      `workers train this sweep's runs (trainer ${sweep.trainer.kind}): only sweeps with trainer {"kind": "external"} give runs to who asks`,
    );
  return sweep;
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
async function claim(tx: Tx, projectId: Id, shares: readonly Share[]): Promise<AskedRun[]> {
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
        command = null, command_reason = null, max_attempts = ${MAX_ATTEMPTS}, not_before = null,
        started_at = coalesce(started_at, now()), epoch = 0, metrics = '{}', objective = null,
        lease_until = clock_timestamp() + a.lease_seconds * interval '1 second', updated_at = now()
      from asked a where r.id = a.id
      returning r.id, r.number, r.params, r.attempt, r.seed, r.lease_until, a.worker
    ), begun as (
      insert into attempts (run_id, number, worker_name, slot, device)
      select id, attempt, worker, 0, 'external' from claimed
    )
    select id as run, number, params, attempt, seed, lease_until as "leaseUntil" from claimed`;
  await recordEvents(
    tx,
    projectId,
    rows.map(({ run }) => ({ type: "run.changed", runId: run }) as const),
  );
  return rows
    .sort((a, b) => a.number - b.number)
    .map(({ seed, leaseUntil, ...row }) => ({
      ...row,
      seed: Number(seed ?? 0),
      leaseUntil: leaseUntil.toISOString(),
    }));
}
