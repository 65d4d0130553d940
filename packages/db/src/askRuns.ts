import {
  AppError,
  type AskAnswer,
  type AskedRun,
  type AskRuns,
  type Id,
  nextRunState,
  type SweepState,
  type SweepTrainer,
} from "@sweepyard/contract";
import { advance, type Decider } from "./advanceSweep.js";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { Prisma } from "./generated/client.js";
import { sweepNotFound } from "./sweepView.js";

/** Attempts of a run, the first included, before it counts as failed. */
const MAX_ATTEMPTS = 5;

/**
 * Gives a trainer outside Sweepyard runs of a sweep, claimed for it: first those that others have
 * lost, then new ones, all in the transaction that holds the sweep's row.
 * @throws {AppError} `conflict` if the sweep's trainer is not external.
 */
export async function askRuns(
  db: Db,
  { projectId, id }: { readonly projectId: Id; readonly id: Id },
  ask: AskRuns,
  decider: Decider,
): Promise<AskAnswer> {
  const work = async (tx: Tx): Promise<AskAnswer> => {
    const { state, stateReason } = await lockExternal(tx, projectId, id);
    if (state !== "running")
      return {
        runs: [],
        state,
        reason: stateReason ?? `the sweep is ${state}`,
        done: isOver(state),
      };
    const waiting = await waitingRuns(tx, id, ask.count);
    const wanted = ask.count - waiting.length;
    const advanced = wanted > 0 ? await advance(tx, id, decider, wanted) : null;
    const created = advanced?.created.map(({ runId }) => runId) ?? [];
    // A point of several runs may be more than was wanted: the rest waits for who asks next.
    const ids = [...waiting, ...created].slice(0, ask.count);
    const runs = await claim(tx, projectId, ids, ask);
    const reason = runs.length < ask.count ? (advanced?.reason ?? LIMITED) : null;
    const done = advanced?.ended === true;
    return { runs, state: done ? "completed" : state, reason, done };
  };
  try {
    return await db.prisma.$transaction(work);
  } catch (error) {
    decider.forget(id);
    throw error;
  }
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

/**
 * Claims queued runs, whose rows are held, as one step. A later attempt starts over: what the one
 * before measured goes, since nobody but its trainer knows how to go on.
 */
async function claim(
  tx: Tx,
  projectId: Id,
  ids: readonly Id[],
  { lease_seconds, worker }: AskRuns,
): Promise<AskedRun[]> {
  if (ids.length === 0) return [];
  const list = Prisma.sql`${[...ids]}::uuid[]`;
  await tx.$executeRaw`
    delete from metric_points p using runs r
    where r.id = any(${list}) and r.epoch > 0 and p.run_id = r.id`;
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    update runs r set state = ${nextRunState("queued", "claim")}, attempt = attempt + 1,
      state_reason = case when attempt > 0 then 'attempt ' || attempt + 1 end,
      command = null, command_reason = null, max_attempts = ${MAX_ATTEMPTS}, not_before = null,
      started_at = coalesce(started_at, now()), epoch = 0, metrics = '{}', objective = null,
      lease_until = clock_timestamp() + ${lease_seconds} * interval '1 second', updated_at = now()
    where id = any(${list})
    returning id as run, number, params, attempt, seed, lease_until as "leaseUntil"`;
  await tx.$executeRaw`
    insert into attempts (run_id, number, worker_name, slot, device)
    select id, attempt, ${worker}, 0, 'external' from runs where id = any(${list})`;
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
