import { type DrainRuns, type Id, newId, type WorkerView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { recordEvent } from "./events.js";
import { Prisma } from "./generated/client.js";
import { jsonb } from "./json.js";
import { readWorkers } from "./workerView.js";

export interface WorkerSlot {
  readonly slot: number;
  readonly device: string;
}

export interface RegisterWorker {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly slots: readonly WorkerSlot[];
  /** Runs programs. */
  readonly commands?: boolean;
  readonly machine?: { readonly cores: number; readonly memoryBytes: number };
}

/** A process that starts is a new worker, whatever its name. */
export async function registerWorker(db: Db, worker: RegisterWorker): Promise<Id> {
  const id = newId();
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`
      insert into workers (id, name, host, pid, version, slots, commands, machine_cores,
        machine_memory_bytes)
      values (${id}::uuid, ${worker.name}, ${worker.host}, ${worker.pid}, ${worker.version},
        ${jsonb(worker.slots)}, ${worker.commands ?? false}, ${worker.machine?.cores ?? null},
        ${worker.machine?.memoryBytes ?? null})`;
    await recordEvent(tx, null, { type: "worker.changed", workerId: id });
  });
  return id;
}

/**
 * Says that the worker is alive; one that was taken for lost is here again.
 * @param trouble why it does not work all the same, in words; null if it does.
 * @returns how somebody has drained it; null if nobody has.
 */
export async function workerBeat(
  db: Db,
  workerId: Id,
  slots: readonly WorkerSlot[],
  trouble: string | null = null,
): Promise<DrainRuns | null> {
  return db.prisma.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ changed: boolean; drain: DrainRuns | null }[]>`
      select state = 'lost' or slots <> ${jsonb(slots)} or trouble is distinct from ${trouble}
        as changed, drain
      from workers where id = ${workerId}::uuid for no key update`;
    await tx.$executeRaw`
      update workers set last_seen_at = now(), slots = ${jsonb(slots)}, trouble = ${trouble},
        state = case when state <> 'lost' then state when drain is null then 'active'
          else 'draining' end
      where id = ${workerId}::uuid`;
    if (before?.changed) await recordEvent(tx, null, { type: "worker.changed", workerId });
    return before?.drain ?? null;
  });
}

/** `draining`: takes no more runs; `stopped`: is gone. */
export async function workerStopped(
  db: Db,
  workerId: Id,
  state: "draining" | "stopped",
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`
      update workers set state = ${state}, last_seen_at = now() where id = ${workerId}::uuid`;
    await recordEvent(tx, null, { type: "worker.changed", workerId });
  });
}

/** Workers of the last day, live ones first. A run of another project shows as no run. */
export const listWorkers = (db: Db, projectId: Id): Promise<WorkerView[]> =>
  readWorkers(
    db.prisma,
    projectId,
    Prisma.sql`(w.state in ('active', 'draining') or w.last_seen_at > now() - interval '1 day')`,
  );
