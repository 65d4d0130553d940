import type { AppProcess } from "./appProcess.js";
import { type FaultSystem, waitFor } from "./faultSystem.js";
import type { Workload } from "./workload.js";
import { EPOCHS } from "./workload.js";

/**
 * When a fault strikes. `commit`: a transaction of the victim's is about to be committed.
 * `committed`: it has just been, and what follows (a job, an answer) has not.
 */
export type Moment = "idle" | "mid-epoch" | "end-of-run" | "commit" | "committed";

const PATIENCE_MS = 30_000;

/** Settles at the moment. At `commit` the transaction is held back until `strike` is done. */
export async function atMoment(
  moment: Moment,
  { system, workload, victim }: { system: FaultSystem; workload: Workload; victim: AppProcess },
  strike: () => Promise<void>,
): Promise<void> {
  switch (moment) {
    case "idle": {
      workload.rest();
      await waitFor("rest", () => countRunning(system).then((n) => n === 0), 60_000);
      await strike();
      workload.resume();
      return;
    }
    case "mid-epoch":
      await waitFor(
        "a run in its middle",
        () => anyRun(system, victim, 2, EPOCHS - 8),
        PATIENCE_MS,
      );
      return strike();
    case "end-of-run":
      await waitFor(
        "a run at its end",
        () => anyRun(system, victim, EPOCHS - 2, EPOCHS),
        PATIENCE_MS,
      );
      return strike();
    case "commit":
    case "committed":
      return new Promise<void>((done, fail) => {
        const watch = victim.postgres.watch("COMMIT", () => {
          clearTimeout(timer);
          if (moment === "commit") return strike().then(done, fail);
          // The chunk goes out first, and its answer comes back to nobody.
          setImmediate(() => strike().then(done, fail));
        });
        const timer = setTimeout(() => {
          watch.cancel();
          strike().then(done, fail); // nothing is committed just now: struck all the same
        }, PATIENCE_MS);
      });
  }
}

async function anyRun(
  { db }: FaultSystem,
  { app, name }: AppProcess,
  from: number,
  to: number,
): Promise<boolean> {
  const [row] = await db.prisma.$queryRaw<{ found: boolean }[]>`
    select exists (
      select 1 from runs r join workers w on w.id = r.worker_id
      where r.state = 'running' and r.epoch >= ${from} and r.epoch < ${to}
        and (${app !== "worker"} or w.name = ${name})
    ) as found`;
  return row?.found ?? false;
}

async function countRunning({ db }: FaultSystem): Promise<number> {
  const [row] = await db.prisma.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from runs where state in ('queued', 'running')`;
  return row?.count ?? 0;
}
