import type { DrainRuns, Id, WorkerView } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import type { Prisma } from "./generated/client.js";

interface WorkerRow extends Omit<WorkerView, "slots" | "drain" | "startedAt" | "lastSeenAt"> {
  readonly slots: { slot: number; device: string }[];
  readonly drain: DrainRuns | null;
  readonly drainedBy: string | null;
  readonly drainedAt: Date | null;
  readonly busy: { slot: number; device: string; runId: Id; runName: string }[] | null;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
}

/**
 * The workers `w` that match. A slot that trains tells the device that its engine found; one that
 * trains another project's run shows no run.
 */
export async function readWorkers(tx: Tx, projectId: Id, where: Prisma.Sql): Promise<WorkerView[]> {
  const rows = await tx.$queryRaw<WorkerRow[]>`
    select w.id, w.name, w.host, w.pid, w.version, w.state, w.trouble, w.slots, w.commands,
      w.drain, w.drained_by as "drainedBy", w.drained_at as "drainedAt",
      w.started_at as "startedAt", w.last_seen_at as "lastSeenAt", b.busy
    from workers w
    left join lateral (
      select jsonb_agg(jsonb_build_object('slot', r.slot, 'device', a.device, 'runId', r.id,
        'runName', r.name)) as busy
      from runs r join attempts a on a.run_id = r.id and a.number = r.attempt
      where r.worker_id = w.id and r.state = 'running' and r.project_id = ${projectId}::uuid
    ) b on true
    where ${where}
    order by array_position(array['active', 'draining', 'lost', 'stopped'], w.state),
      w.name, w.started_at desc`;
  return rows.map(
    ({ busy, slots, startedAt, lastSeenAt, drain, drainedBy, drainedAt, ...rest }) => ({
      ...rest,
      drain:
        drain === null
          ? null
          : { runs: drain, by: drainedBy ?? "", at: (drainedAt ?? startedAt).toISOString() },
      slots: slots.map((slot) => {
        const run = busy?.find((other) => other.slot === slot.slot);
        const device = run?.device ?? slot.device;
        return { ...slot, device, runId: run?.runId ?? null, runName: run?.runName ?? null };
      }),
      startedAt: startedAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    }),
  );
}
