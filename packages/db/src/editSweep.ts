import {
  AppError,
  type Budget,
  type Id,
  type Params,
  type PatchSweep,
  type PrunerConfig,
  type SamplerConfig,
  type Space,
  type SweepState,
  type SweepView,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { Prisma } from "./generated/client.js";
import { jsonb } from "./json.js";
import { forgetPruning } from "./recordPruning.js";
import { enterState } from "./runTransition.js";
import { appendSweepLog } from "./sweepLog.js";
import { readSweep, sweepNotFound } from "./sweepView.js";

/** What of a sweep a live edit may change, as it is to be from now on. */
export interface EditedSweep {
  /** The version that the edit was made from: another one meanwhile refuses it. */
  readonly version: number;
  readonly space: Space;
  readonly sampler: SamplerConfig;
  readonly pruner: PrunerConfig;
  readonly budget: Budget;
  /** Runs in all by budget or grid, without those that edits take back; null: nobody knows. */
  readonly plannedRuns: number | null;
  readonly target: number | null;
  readonly terminator: SweepView["terminator"];
  readonly parallelism: number | null;
}

/**
 * Makes the next version of a sweep's settings. Runs that wait and do not fit the new space are
 * cancelled and count in no budget; those that train or have ended are kept. A completed sweep
 * runs again: advance it.
 * @param fits whether params are a point of the new space
 * @throws {AppError} `conflict` if the sweep is cancelled, or was edited since it was read.
 */
export async function editSweep(
  db: Db,
  { projectId, id, actor }: { readonly projectId: Id; readonly id: Id; readonly actor: string },
  patch: PatchSweep,
  edited: EditedSweep,
  fits: (params: Params) => boolean,
): Promise<SweepView> {
  return db.prisma.$transaction(async (tx) => {
    const row = await lockSweep(tx, projectId, id);
    if (row.state === "cancelled")
      throw new AppError("conflict", "cannot edit a sweep that is cancelled: fork it");
    if (row.version !== edited.version)
      throw new AppError(
        "conflict",
        `the sweep was edited meanwhile: it is at version ${row.version}, not ${edited.version}`,
      );
    const { reason, ...changes } = patch;
    const version = row.version + 1;
    const withdrawnIds = patch.space === undefined ? [] : await withdraw(tx, id, version, fits);
    const rejudgedIds = patch.pruner === undefined ? [] : await forgetPruning(tx, id, version);
    const withdrawn = row.withdrawn + withdrawnIds.length;
    const made = row.nextNumber - 1;
    const planned =
      edited.plannedRuns === null ? null : Math.max(made, edited.plannedRuns + withdrawn);
    const { space, sampler, pruner, budget, target, terminator, parallelism } = edited;
    await tx.$executeRaw`
      update sweeps set version = ${version}, withdrawn = ${withdrawn},
        name = coalesce(${patch.name ?? null}, name),
        description = coalesce(${patch.description ?? null}, description),
        space = ${JSON.stringify(space)}::json, sampler = ${jsonb(sampler)},
        pruner = ${jsonb(pruner)}, budget = ${jsonb(budget)}, planned_runs = ${planned}::int,
        target = ${target}::float8, terminator = ${terminator && jsonb(terminator)},
        parallelism = ${parallelism}::int, priority = coalesce(${patch.priority ?? null}::int, priority),
        weight = coalesce(${patch.weight ?? null}::float8, weight),
        state = ${row.state === "completed" ? "running" : row.state}, ended_at = null,
        state_reason = case when state = 'completed' then ${`extended by ${actor}`}
          else state_reason end,
        updated_at = now()
      where id = ${id}::uuid`;
    if (patch.priority !== undefined)
      await tx.$executeRaw`
        update runs set priority = ${patch.priority}
        where id in (select id from runs where sweep_id = ${id}::uuid
          and state in ('queued', 'paused') order by id for update)`;
    await appendSweepLog(tx, id, row.logSeq, [
      {
        kind: "settings",
        version,
        space,
        sampler,
        pruner,
        actor,
        changes: JSON.parse(JSON.stringify(changes)),
        reason,
        withdrawn: withdrawnIds.length,
      },
    ]);
    await recordEvents(tx, projectId, [
      ...[...withdrawnIds, ...rejudgedIds].map(
        (runId) => ({ type: "run.changed", runId }) as const,
      ),
      { type: "sweep.changed", sweepId: id },
    ]);
    return readSweep(tx, projectId, id);
  });
}

interface LockedSweep {
  readonly state: SweepState;
  readonly version: number;
  readonly logSeq: number;
  readonly nextNumber: number;
  readonly withdrawn: number;
}

async function lockSweep(tx: Tx, projectId: Id, id: Id): Promise<LockedSweep> {
  const [row] = await tx.$queryRaw<LockedSweep[]>`
    select state, version, log_seq as "logSeq", next_number as "nextNumber", withdrawn
    from sweeps where id = ${id}::uuid and project_id = ${projectId}::uuid for no key update`;
  if (row === undefined) throw sweepNotFound(id);
  return row;
}

/** Cancels what no attempt has begun and the new space has no room for. */
async function withdraw(
  tx: Tx,
  sweepId: Id,
  version: number,
  fits: (params: Params) => boolean,
): Promise<Id[]> {
  const waiting = await tx.$queryRaw<{ id: Id; params: Params }[]>`
    select id, params from runs
    where sweep_id = ${sweepId}::uuid and state in ('queued', 'paused') and attempt = 0
    order by id for update`;
  const ids = waiting.filter(({ params }) => !fits(params)).map(({ id }) => id);
  if (ids.length === 0) return [];
  const reason = `does not fit version ${version} of the space`;
  await tx.$executeRaw`
    update runs r set ${enterState("cancel", reason)}
    where r.id = any(${Prisma.sql`${ids}::uuid[]`})`;
  return ids;
}
