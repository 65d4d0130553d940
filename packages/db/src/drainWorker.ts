import { AppError, type DrainRuns, type Id, type WorkerView } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvent } from "./events.js";
import { Prisma } from "./generated/client.js";
import { readWorkers } from "./workerView.js";

/**
 * Has a worker take no more runs: it claims none from here on, and learns at its next heartbeat
 * what becomes of those that it has. Draining it again changes what becomes of them.
 * @throws {AppError} `not_found`; `conflict` for a worker that is gone.
 */
export const drainWorker = (
  db: Db,
  projectId: Id,
  id: Id,
  drain: { readonly runs: DrainRuns; readonly by: string },
): Promise<WorkerView> =>
  changeWorker(db, projectId, id, async (tx, state) => {
    if (state === "stopped" || state === "lost")
      throw new AppError("conflict", `the worker is ${state}: there is nothing to drain`);
    await tx.$executeRaw`
      update workers set state = 'draining', drain = ${drain.runs}, drained_by = ${drain.by},
        drained_at = now()
      where id = ${id}::uuid`;
  });

/**
 * Has a drained worker take runs again.
 * @throws {AppError} `not_found`; `conflict` for a worker that is gone or that stops by itself.
 */
export const resumeWorker = (db: Db, projectId: Id, id: Id): Promise<WorkerView> =>
  changeWorker(db, projectId, id, async (tx, state) => {
    if (state === "stopped" || state === "lost")
      throw new AppError("conflict", `the worker is ${state}: start a new one`);
    const [row] = await tx.$queryRaw<{ id: Id }[]>`
      update workers set drain = null, drained_by = null, drained_at = null, state = 'active'
      where id = ${id}::uuid and (drain is not null or state = 'active') returning id`;
    if (row === undefined)
      throw new AppError("conflict", "the worker is stopping: it can't take runs again");
  });

/** Whether the worker may claim no run. */
export async function isDraining(db: Db, workerId: Id): Promise<boolean> {
  const worker = await db.prisma.worker.findUnique({
    where: { id: workerId },
    select: { drain: true },
  });
  return worker !== null && worker.drain !== null;
}

async function changeWorker(
  db: Db,
  projectId: Id,
  id: Id,
  change: (tx: Tx, state: WorkerView["state"]) => Promise<void>,
): Promise<WorkerView> {
  return db.prisma.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ state: WorkerView["state"] }[]>`
      select state from workers where id = ${id}::uuid for no key update`;
    if (row === undefined) throw new AppError("not_found", `there is no worker ${id}`);
    await change(tx, row.state);
    await recordEvent(tx, null, { type: "worker.changed", workerId: id });
    const [view] = await readWorkers(tx, projectId, Prisma.sql`w.id = ${id}::uuid`);
    if (view === undefined) throw new AppError("not_found", `there is no worker ${id}`);
    return view;
  });
}
