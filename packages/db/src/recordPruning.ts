import type { Id } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { Prisma } from "./generated/client.js";
import type { OwnedRun } from "./heartbeat.js";
import { jsonb } from "./json.js";
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

/** Changes nothing if another attempt has taken over. */
export async function recordPruning(
  db: Db,
  { runId, attempt }: OwnedRun,
  { rungs, resource, reason }: PruningMemory,
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    // As text: JSON, which Prisma's parameters pass through, has no infinities.
    const values = Prisma.sql`${(rungs ?? []).map(String)}::text[]::float8[]`;
    const updated = await tx.$executeRaw`
      update runs set rungs = case when ${rungs === undefined} then rungs else ${values} end,
        pruner_reason = coalesce(${reason === undefined ? null : jsonb(reason)}, pruner_reason)
      where id = ${runId}::uuid and attempt = ${attempt} and state = 'running'`;
    if (updated === 0 || resource === undefined) return;
    await tx.$executeRaw`
      update sweeps s set pruner_resource = ${resource} from runs r
      where r.id = ${runId}::uuid and s.id = r.sweep_id and s.pruner_resource is null`;
  });
}

/**
 * Forgets what the pruner remembered, since another one takes its place; runs that wait at a rung
 * are queued again, for the new one to judge. The caller holds the sweep's row.
 * @returns the runs that were queued
 */
export async function forgetPruning(tx: Tx, sweepId: Id): Promise<Id[]> {
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    with locked as (
      select id from runs where sweep_id = ${sweepId}::uuid and paused_rung is not null
      order by id for update
    )
    update runs r set ${enterState("resume", "the pruner was changed")} from locked
    where r.id = locked.id returning r.id`;
  await tx.$executeRaw`
    update runs set rungs = '{}' where id in (
      select id from runs where sweep_id = ${sweepId}::uuid and rungs <> '{}'
      order by id for update)`;
  await tx.$executeRaw`update sweeps set pruner_resource = null where id = ${sweepId}::uuid`;
  return rows.map(({ id }) => id);
}
