import type { StoreProxy } from "@sweepyard/local/storeProxy";
import type { AppProcess } from "./appProcess.js";
import { type FaultSystem, waitFor } from "./faultSystem.js";
import type { Workload } from "./workload.js";
import { EPOCHS } from "./workload.js";

/**
 * When a fault strikes. `commit`: a transaction of the victim's is about to be committed.
 * `committed`: it has just been, and what follows (an answer, a job) has not. `enqueue`: what is
 * committed calls for a job, which is about to be sent.
 */
export type Moment = "idle" | "mid-epoch" | "end-of-run" | "commit" | "committed" | "enqueue";

/** Those at which every fault is to strike, if it can at all. */
export const EVERY_MOMENT: readonly Moment[] = ["mid-epoch", "commit", "end-of-run", "idle"];

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
      return beforeSent(victim.postgres, ["COMMIT"], strike);
    case "committed":
      // The chunk goes out first, and its answer comes back to nobody.
      return beforeSent(victim.postgres, ["COMMIT"], strike, setImmediate);
    case "enqueue":
      return beforeSent(victim.redis, JOBS_ADDED, strike);
  }
}

/** A job's name is sent when it is added, and not again. */
const JOBS_ADDED = ["run.train", "sweep.advance"];

/**
 * Strikes before a chunk with one of the texts is passed on, or, with `later`, just after. If none
 * is sent for long, it strikes all the same.
 */
const beforeSent = (
  wire: StoreProxy,
  texts: readonly string[],
  strike: () => Promise<void>,
  later?: (then: () => void) => void,
): Promise<void> =>
  new Promise<void>((done, fail) => {
    const stop = () => {
      clearTimeout(timer);
      for (const watch of watches) watch.cancel();
    };
    const watches = texts.map((text) =>
      wire.watch(text, () => {
        stop();
        if (later === undefined) return strike().then(done, fail);
        later(() => void strike().then(done, fail));
      }),
    );
    const timer = setTimeout(() => {
      stop();
      strike().then(done, fail);
    }, PATIENCE_MS);
  });

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
