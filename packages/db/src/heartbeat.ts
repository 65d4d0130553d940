import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** Names one attempt at one run: what every write of a worker carries. */
export interface OwnedRun {
  readonly runId: Id;
  readonly attempt: number;
}

export type RunCommand = "cancel" | "pause";

export interface HeartbeatAnswer extends OwnedRun {
  /** False: a newer attempt has taken over, or the run has ended; stop that trainer. */
  readonly owned: boolean;
  readonly command: RunCommand | null;
}

/**
 * Prolongs the leases of all slots in one statement. Answers come in the order of `owned`. A lease
 * that has run out is renewed too, as long as nobody has taken the run: the work is not lost.
 */
export async function heartbeat(
  db: Db,
  owned: readonly OwnedRun[],
  leaseMs: number,
): Promise<HeartbeatAnswer[]> {
  if (owned.length === 0) return [];
  const rows = await db.prisma.$queryRaw<{ id: Id; command: RunCommand | null }[]>`
    with asked as (
      select * from unnest(
        ${owned.map((run) => run.runId)}::uuid[], ${owned.map((run) => run.attempt)}::int[]
      ) as a(id, attempt)
    ), locked as (
      select r.id from runs r join asked a on a.id = r.id and a.attempt = r.attempt
      where r.state = 'running' order by r.id for update of r
    ), renewed as (
      update runs r set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from locked l where r.id = l.id returning r.id, r.attempt, r.command
    ), seen as (
      update attempts t set last_seen_at = now() from renewed n
      where t.run_id = n.id and t.number = n.attempt
    )
    select id, command from renewed`;
  const commands = new Map(rows.map(({ id, command }) => [id, command]));
  return owned.map(({ runId, attempt }) => ({
    runId,
    attempt,
    owned: commands.has(runId),
    command: commands.get(runId) ?? null,
  }));
}
