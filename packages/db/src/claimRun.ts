import {
  type CommandTrainer,
  type DatasetFiles,
  type DatasetTask,
  type Id,
  nextRunState,
  type Objective,
  type Params,
  type RunEvent,
  type RunState,
  type StoredFile,
  type SweepTrainer,
  statesThatAllow,
  type TrainPlan,
} from "@sweepyard/contract";
import { endAttempts } from "./attemptEnd.js";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import type { RunCommand } from "./heartbeat.js";
import { logRewinds } from "./logRewinds.js";
import { enterState } from "./runTransition.js";

export interface ClaimRequest {
  readonly runId: Id;
  /** Of the job; one older than the row's is refused. */
  readonly generation: number;
  readonly workerId: Id;
  readonly slot: number;
  readonly device: string;
  readonly leaseMs: number;
  /** Attempts that may be lost or fail, the first included, before the run counts as failed. */
  readonly maxAttempts: number;
  /** Why this worker may not run the program, in words; null if it may. Absent: it runs none. */
  readonly refuses?: (trainer: CommandTrainer) => Promise<string | null>;
}

interface Claimed {
  readonly id: Id;
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly number: number;
  readonly name: string;
  readonly params: Params;
  readonly attempt: number;
  readonly generation: number;
  /** The last checkpoint; absent: from the start. */
  readonly resume?: Checkpoint;
}

/** A run that one of our engines trains. */
export interface ClaimedTraining extends Claimed {
  readonly trainer: "engine";
  readonly plan: TrainPlan;
  readonly dataset: {
    readonly files: DatasetFiles;
    readonly task: DatasetTask;
    readonly classNames: string[];
  };
}

/** A run that a program is started for. */
export interface ClaimedCommand extends Claimed {
  readonly trainer: "command";
  readonly command: CommandTrainer;
  readonly seed: number;
  readonly repeat: number | null;
  readonly fold: number | null;
}

export type ClaimedRun = ClaimedTraining | ClaimedCommand;

/**
 * Takes a run for one delivery of its job. Each claim raises `attempt`, the fencing token that
 * later writes must match, so a stalled worker cannot overwrite its successor. Postgres owns the
 * counter: a job that `reconcile` enqueues again restarts BullMQ's at 1.
 *
 * @returns null when the run has ended, another worker's lease still holds, the job is outdated,
 *   the worker is drained, or the attempts are used up, in which case the run becomes failed here.
 */
export const claimRun = (db: Db, request: ClaimRequest): Promise<ClaimedRun | null> =>
  db.prisma.$transaction((tx) => claimWithin(tx, request));

/** `claimRun` within a transaction. */
export async function claimWithin(tx: Tx, request: ClaimRequest): Promise<ClaimedRun | null> {
  const { runId, maxAttempts } = request;
  const row = await lockRun(tx, runId, request.workerId);
  if (row === null || request.generation < row.generation) return null;
  const takesOver = row.state === "running";
  if (!statesThatAllow("claim").includes(row.state) || (takesOver && !row.expired)) return null;
  if (!takesOver && !(await hasRoom(tx, row))) return null;
  if (!(await isAllowed(tx, row, request))) return null;

  const failures = row.failures + (takesOver ? 1 : 0);
  if (takesOver) await endAttempts(tx, [{ runId, attempt: row.attempt, outcome: "lost" }]);
  const end = endInstead(row, takesOver, failures >= maxAttempts);
  if (end !== null) {
    // As one step: claimed, and ended by that claim.
    nextRunState(nextRunState(row.state, "claim"), end.event);
    await tx.$executeRaw`
        update runs r set ${enterState(end.event, end.reason)}, failures = ${failures},
          error_code = case when ${end.event === "fail"} then coalesce(error_code, 'worker_lost') end,
          error_message = case when ${end.event === "fail"} then coalesce(error_message, ${end.reason}) end
        where r.id = ${runId}::uuid`;
    await recordChange(tx, row);
    return null;
  }

  const checkpoint = await lastCheckpoint(tx, runId);
  const fromEpoch = checkpoint?.epoch ?? 0;
  const attempt = row.attempt + 1;
  const reason = attempt === 1 ? null : `attempt ${attempt}, from epoch ${fromEpoch}`;
  await tx.$executeRaw`
      update runs set state = ${nextRunState(row.state, "claim")}, state_reason = ${reason},
        command = null, command_reason = null, attempt = ${attempt}, failures = ${failures},
        max_attempts = ${maxAttempts}, worker_id = ${request.workerId}::uuid,
        slot = ${request.slot}, not_before = null, started_at = coalesce(started_at, now()),
        -- now() is when the transaction began: it may have waited for the row since
        lease_until = clock_timestamp() + ${request.leaseMs} * interval '1 millisecond', updated_at = now()
      where id = ${runId}::uuid`;
  if (row.epoch !== fromEpoch) await rewind(tx, row, fromEpoch);
  await tx.$executeRaw`
      insert into attempts (run_id, number, worker_id, worker_name, slot, device, from_epoch)
      select ${runId}::uuid, ${attempt}, id, name, ${request.slot}, ${request.device}, ${fromEpoch}
      from workers where id = ${request.workerId}::uuid`;
  await recordChange(tx, row);
  return toClaimed(row, attempt, checkpoint);
}

/** Advisory locks of claims; the second key is the sweep's. */
const CLAIMS = 7_274_703;

/**
 * Whether the sweep's parallelism has room for one more run. Claims of one sweep take turns from
 * here to their commit, so that it is never passed; a transaction waits for one sweep at most.
 */
async function hasRoom(tx: Tx, { sweepId, parallelism }: LockedRun): Promise<boolean> {
  if (sweepId === null || parallelism === null) return true;
  await tx.$queryRaw`
    select 1 from (select pg_advisory_xact_lock(${CLAIMS}::int, hashtext(${sweepId}))) held`;
  // Its own statement, so that it sees what the last holder of the lock has committed.
  const [row] = await tx.$queryRaw<{ running: number }[]>`
    select count(*)::int as running from runs
    where sweep_id = ${sweepId}::uuid and state = 'running'`;
  return (row?.running ?? 0) < parallelism;
}

function toClaimed(
  row: LockedRun,
  attempt: number,
  checkpoint: Checkpoint | undefined,
): ClaimedRun {
  const { id, projectId, sweepId, number, name, params, generation, trainer } = row;
  const claimed: Claimed = {
    id,
    projectId,
    sweepId,
    number,
    name,
    params,
    attempt,
    generation,
    ...(checkpoint && { resume: checkpoint }),
  };
  if (trainer.kind === "command") {
    const { repeat, fold } = row;
    return {
      ...claimed,
      trainer: "command",
      command: trainer,
      seed: Number(row.seed),
      repeat,
      fold,
    };
  }
  const { plan, files, task, classNames } = row;
  return { ...claimed, trainer: "engine", plan, dataset: { files, task, classNames } };
}

/** A worker that may not run a program leaves its run to others, and says so where people look. */
async function isAllowed(tx: Tx, row: LockedRun, { refuses }: ClaimRequest): Promise<boolean> {
  if (row.trainer.kind !== "command") return true;
  const why = refuses === undefined ? "this worker runs no programs" : await refuses(row.trainer);
  if (why === null) return true;
  if (row.state !== "queued") return false;
  await tx.$executeRaw`update runs set state_reason = ${why} where id = ${row.id}::uuid`;
  await recordChange(tx, row);
  return false;
}

interface LockedRun {
  readonly id: Id;
  readonly projectId: Id;
  readonly sweepId: Id | null;
  readonly number: number;
  readonly name: string;
  readonly params: Params;
  readonly plan: TrainPlan;
  readonly state: RunState;
  readonly command: RunCommand | null;
  readonly commandReason: string | null;
  readonly generation: number;
  readonly attempt: number;
  readonly failures: number;
  readonly epoch: number;
  readonly errorMessage: string | null;
  readonly expired: boolean | null;
  readonly files: DatasetFiles;
  readonly task: DatasetTask;
  readonly classNames: string[];
  readonly metric: Objective["metric"] | null;
  readonly trainer: SweepTrainer;
  /** Of its sweep: most runs that may run at one time. */
  readonly parallelism: number | null;
  readonly seed: bigint | null;
  readonly repeat: number | null;
  readonly fold: number | null;
}

/** Null for a worker that is drained, too. */
async function lockRun(tx: Tx, id: Id, workerId: Id): Promise<LockedRun | null> {
  const [row] = await tx.$queryRaw<LockedRun[]>`
    select r.id, r.project_id as "projectId", r.sweep_id as "sweepId", r.number, r.name, r.params,
      r.plan, r.state, r.command, r.command_reason as "commandReason", r.generation, r.attempt,
      r.failures, r.epoch, r.error_message as "errorMessage", r.lease_until < now() as expired,
      d.files, d.task, d.class_names as "classNames", s.objective_metric as metric,
      s.parallelism, r.seed, r.repeat, r.fold,
      coalesce(s.trainer, '{"kind": "engine"}') as trainer
    from runs r left join datasets d on d.id = r.dataset_id left join sweeps s on s.id = r.sweep_id
    where r.id = ${id}::uuid and r.trainer <> 'external'
      and not exists (select 1 from workers w where w.id = ${workerId}::uuid and w.drain is not null)
    for update of r`;
  return row ?? null;
}

/** What happens to the run in place of a new attempt, if anything. */
function endInstead(
  row: LockedRun,
  takesOver: boolean,
  usedUp: boolean,
): { event: RunEvent; reason: string } | null {
  if (takesOver && row.command !== null)
    return { event: row.command, reason: row.commandReason ?? row.command };
  if (!usedUp) return null;
  const last = takesOver ? "its worker was lost" : (row.errorMessage ?? "its worker was lost");
  return { event: "fail", reason: `all attempts are used up; the last one: ${last}` };
}

interface Checkpoint extends StoredFile {
  readonly epoch: number;
  /** It is a copy of another run's, whose params were others. */
  readonly adopted: boolean;
}

async function lastCheckpoint(tx: Tx, runId: Id): Promise<Checkpoint | undefined> {
  const [row] = await tx.$queryRaw<(Omit<Checkpoint, "bytes"> & { readonly bytes: bigint })[]>`
    select sha256, bytes, epoch, copied_from is not null as adopted from artifacts
    where run_id = ${runId}::uuid and kind = 'checkpoint' and epoch is not null
    order by epoch desc limit 1`;
  return row && { ...row, bytes: Number(row.bytes) };
}

/**
 * Puts the run back to the epoch of its checkpoint: what the attempt before measured later will be
 * measured again, and each step is to be recorded once, by one attempt.
 */
async function rewind(tx: Tx, { id, metric }: LockedRun, epoch: number): Promise<void> {
  await logRewinds(tx, [{ runId: id, epoch }]);
  await tx.$executeRaw`delete from metric_points where run_id = ${id}::uuid and step > ${epoch}`;
  await tx.$executeRaw`
    with last as (
      select distinct on (name) name,
        case when value > '-Infinity' and value < 'Infinity' then value end as value
      from metric_points where run_id = ${id}::uuid order by name, step desc
    )
    update runs set epoch = ${epoch},
      metrics = (select coalesce(jsonb_object_agg(name, value), '{}') from last),
      objective = (select value from last where name = ${metric})
    where id = ${id}::uuid`;
}

const recordChange = (tx: Tx, { id, projectId, sweepId }: LockedRun): Promise<void> =>
  recordEvents(tx, projectId, [
    { type: "run.changed", runId: id },
    ...(sweepId === null ? [] : [{ type: "sweep.changed", sweepId } as const]),
  ]);
