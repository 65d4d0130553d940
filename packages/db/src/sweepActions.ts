import { AppError, type Id, type SweepState, type SweepView } from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { recordEvents } from "./events.js";
import { Prisma } from "./generated/client.js";
import { allows, enterState } from "./runTransition.js";
import { readSweep, sweepNotFound } from "./sweepView.js";

/** Ends a sweep: queued and paused runs are cancelled now, running ones at their next heartbeat. */
export async function cancelSweep(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
): Promise<SweepView> {
  const reason = `cancelled by ${actor}`;
  return changeSweep(db, projectId, id, ["running", "paused"], "cancel", async (tx) => {
    await tx.$executeRaw`
      update sweeps set state = 'cancelled', state_reason = ${reason}, ended_at = now(),
        updated_at = now()
      where id = ${id}::uuid`;
    return [
      ...(await updateRuns(tx, id, idle("cancel"), enterState("cancel", reason))),
      ...(await updateRuns(tx, id, RUNNING, command("cancel", reason))),
    ];
  });
}

/** Makes no further runs; queued runs are paused now, running ones at their next heartbeat. */
export async function pauseSweep(db: Db, projectId: Id, id: Id, actor: string): Promise<SweepView> {
  const reason = `paused by ${actor}`;
  return changeSweep(db, projectId, id, ["running"], "pause", async (tx) => {
    await tx.$executeRaw`
      update sweeps set state = 'paused', state_reason = ${reason}, updated_at = now()
      where id = ${id}::uuid`;
    const unasked = Prisma.sql`${RUNNING} and r.command is null`;
    return [
      ...(await updateRuns(tx, id, idle("pause"), enterState("pause", reason))),
      ...(await updateRuns(tx, id, unasked, command("pause", reason))),
    ];
  });
}

/** Goes on where a sweep was paused. Enqueue `queuedDeliveries(db, {sweepId})` and advance it. */
export async function resumeSweep(
  db: Db,
  projectId: Id,
  id: Id,
  actor: string,
): Promise<SweepView> {
  return changeSweep(db, projectId, id, ["paused"], "resume", async (tx) => {
    await tx.$executeRaw`
      update sweeps set state = 'running', state_reason = null, updated_at = now()
      where id = ${id}::uuid`;
    // Runs that had not obeyed the pause yet just go on.
    const asked = Prisma.sql`${RUNNING} and r.command = 'pause'`;
    // Runs that wait at a rung go on when they have won it.
    const halted = Prisma.sql`${allows("resume")} and r.paused_rung is null`;
    return [
      ...(await updateRuns(tx, id, halted, enterState("resume", `resumed by ${actor}`))),
      ...(await updateRuns(tx, id, asked, command(null, null))),
    ];
  });
}

const RUNNING = Prisma.sql`r.state = 'running'`;

/** States that allow the event and hold no lease: nobody else has to obey first. */
const idle = (event: "cancel" | "pause") => Prisma.sql`${allows(event)} and r.state <> 'running'`;

const command = (name: "cancel" | "pause" | null, reason: string | null) =>
  Prisma.sql`command = ${name}, command_reason = ${reason}, updated_at = now()`;

/**
 * Holds the sweep's row while its runs change, so that `advanceSweep` adds none meanwhile.
 * @param apply changes the sweep and its runs; returns the runs that changed.
 */
async function changeSweep(
  db: Db,
  projectId: Id,
  id: Id,
  from: readonly SweepState[],
  verb: string,
  apply: (tx: Tx) => Promise<Id[]>,
): Promise<SweepView> {
  return db.prisma.$transaction(async (tx) => {
    const [sweep] = await tx.$queryRaw<{ state: SweepState }[]>`
      select state from sweeps where id = ${id}::uuid and project_id = ${projectId}::uuid
      for no key update`;
    if (sweep === undefined) throw sweepNotFound(id);
    if (!from.includes(sweep.state))
      throw new AppError(
        "conflict",
        `cannot ${verb} a sweep that is ${sweep.state}: it must be ${from.join(" or ")}`,
      );
    const changed = await apply(tx);
    await recordEvents(tx, projectId, [
      ...changed.map((runId) => ({ type: "run.changed", runId }) as const),
      { type: "sweep.changed", sweepId: id },
    ]);
    return readSweep(tx, projectId, id);
  });
}

/** Rows are locked in the order of ids, as heartbeats do it: no deadlock between the two. */
async function updateRuns(tx: Tx, sweepId: Id, where: Prisma.Sql, set: Prisma.Sql): Promise<Id[]> {
  const rows = await tx.$queryRaw<{ id: Id }[]>`
    with locked as (
      select r.id from runs r where r.sweep_id = ${sweepId}::uuid and ${where}
      order by r.id for update
    )
    update runs r set ${set} from locked where r.id = locked.id returning r.id`;
  return rows.map(({ id }) => id);
}
