import { setTimeout as sleep } from "node:timers/promises";
import type { AppProcess } from "./appProcess.js";
import { Chance } from "./chance.js";
import { checkHistory, type Violation } from "./checkHistory.js";
import type { Fault } from "./fault.js";
import { FaultSystem, waitFor } from "./faultSystem.js";
import { NETWORK_FAULTS } from "./kinds/networkFaults.js";
import { PROCESS_FAULTS } from "./kinds/processFaults.js";
import { DELIVERY_FAULTS, STORE_FAULTS } from "./kinds/storeFaults.js";
import { atMoment, type Moment } from "./moment.js";
import { differingNumbers } from "./sameNumbers.js";
import { subscribe } from "./seenEvents.js";
import { Workload } from "./workload.js";

const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...STORE_FAULTS,
  ...NETWORK_FAULTS,
  ...DELIVERY_FAULTS,
];

export interface FaultsOptions {
  readonly seed: number;
  readonly faults: number;
  /** Only faults whose name contains this. */
  readonly only?: string;
  readonly say: (line: string) => void;
  /** Ends early, with everything cleaned up. */
  readonly signal?: AbortSignal;
  readonly system?: { readonly workers: number; readonly slots: number };
}

export interface Injected {
  readonly fault: string;
  readonly moment: Moment;
  /** Until the moment had come. */
  readonly waitedMs: number;
  /** From the blow until it was put right; 0 where nothing needs to be. */
  readonly brokenMs: number;
  /**
   * From the repair, or from the blow where nothing needs one, until every run that it disturbed
   * went on, had ended, or waited in the queue for a slot.
   */
  readonly runsMs: number;
  /** From the same on, until also all processes served and the worker that was struck had taken a run. */
  readonly recoveryMs: number;
}

export interface FaultsResult {
  readonly injected: readonly Injected[];
  readonly violations: readonly Violation[];
  readonly runs: number;
  readonly completed: number;
  readonly attempts: number;
  readonly sweeps: number;
  readonly points: number;
  readonly refused: number;
}

type Times = Omit<Injected, "fault" | "moment">;

const NEVER: Times = {
  waitedMs: Number.NaN,
  brokenMs: Number.NaN,
  runsMs: Number.NaN,
  recoveryMs: Number.NaN,
};

const told = ({ waitedMs, brokenMs, runsMs, recoveryMs }: Times) =>
  `runs recovered in ${Math.round(runsMs)} ms, all in ${Math.round(recoveryMs)} ms ` +
  `(waited ${Math.round(waitedMs)} ms for the moment, broken for ${Math.round(brokenMs)} ms)`;

/** What nothing of ours may take: then the run of the bench has failed. */
const RECOVERY_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 180_000;

/** Injects faults in the order that the seed gives, while a workload runs, and checks what is left. */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { seed, faults, say } = options;
  const chance = new Chance(seed);
  const system = await FaultSystem.start(options.system ?? { workers: 2, slots: 2 });
  try {
    const subscriber = subscribe(system.client);
    const workload = new Workload(system, new Chance(seed + 1));
    const violations: Violation[] = [];
    const injected: Injected[] = [];
    await waitFor("the first run's end", () => hasCompleted(system), 60_000);
    for (const { fault, moment } of schedule(system, options.only, faults, chance)) {
      options.signal?.throwIfAborted();
      const number = `${injected.length + 1}/${faults}`;
      try {
        const times = await inject(fault, moment, { system, workload, chance });
        injected.push({ fault: fault.name, moment, ...times });
        say(`${number} ${fault.name} (${moment}): ${told(times)}`);
      } catch (error) {
        const what = `${fault.name} (${moment}): ${error instanceof Error ? error.message : error}`;
        injected.push({ fault: fault.name, moment, ...NEVER });
        violations.push({ rule: "the system comes back by itself", what });
        say(`${number} ${what}`);
        await system.heal();
      }
    }
    await system.heal();
    await workload.end();
    await drain(system);
    await sleep(1_000); // the subscriber's last events are on their way
    violations.push(
      ...(await checkHistory({
        db: system.db,
        client: system.client,
        promised: workload.promised,
        seen: subscriber,
      })),
    );
    for (const what of await differingNumbers(system.db))
      violations.push({ rule: "a resumed run's numbers are an undisturbed one's", what });
    await subscriber.end();
    return { injected, violations, ...(await totals(system)), refused: workload.refused };
  } finally {
    await system.close();
  }
}

/** Rounds through all faults, each at its next moment, in a new order each time. */
function* schedule(
  system: FaultSystem,
  only: string | undefined,
  count: number,
  chance: Chance,
): Generator<{ fault: Fault; moment: Moment }> {
  const possible = FAULTS.filter(
    ({ name, possible: isPossible }) =>
      (only === undefined || name.includes(only)) && (isPossible?.(system) ?? true),
  );
  if (possible.length === 0) throw new Error(`no fault's name contains "${only}"`);
  const offset = Math.floor(chance.unit() * 100);
  let given = 0;
  for (let round = 0; given < count; round++)
    for (const fault of chance.shuffled(possible)) {
      const { everyRounds = 1, moments } = fault;
      if (only === undefined && (round + 1) % everyRounds !== 0) continue;
      if (given++ >= count) return;
      const turn = only === undefined ? Math.floor(round / everyRounds) : round;
      // Not all at the same one in a round, so that a short schedule has of each.
      const moment = moments[(turn + offset + possible.indexOf(fault)) % moments.length];
      if (moment !== undefined) yield { fault, moment };
    }
}

interface Scene {
  readonly system: FaultSystem;
  readonly workload: Workload;
  readonly chance: Chance;
}

async function inject(fault: Fault, moment: Moment, scene: Scene): Promise<Times> {
  const { system, workload, chance } = scene;
  const victim = fault.victim === "api" ? system.api : chance.pick(system.workers);
  await victim.ready;
  const struck = { system, victim, chance };
  let disturbed: readonly Running[] = [];
  let struckAt = new Date();
  const wanted = performance.now();
  let blow = wanted;
  await atMoment(moment, { system, workload, victim }, async () => {
    disturbed = await running(system);
    struckAt = await clock(system);
    blow = performance.now();
    await fault.strike(struck);
  });
  await fault.repair?.(struck);
  const began = fault.repair === undefined ? blow : performance.now();
  await runsRecovered(system, disturbed);
  const runsMs = performance.now() - began;
  await victim.ready;
  await waitFor("the API", () => system.client.me.get().then(() => true), RECOVERY_LIMIT_MS);
  if (victim.app === "worker") await atWorkAgain(system, victim, struckAt);
  const recoveryMs = performance.now() - began;
  return { waitedMs: blow - wanted, brokenMs: began - blow, runsMs, recoveryMs };
}

interface Running {
  readonly id: string;
  readonly attempt: number;
  readonly epoch: number;
}

const running = ({ db }: FaultSystem): Promise<Running[]> =>
  db.prisma.$queryRaw<Running[]>`select id, attempt, epoch from runs where state = 'running'`;

/** Every run that was disturbed has gone on, come to an end, or waits for the next free slot. */
async function runsRecovered(system: FaultSystem, disturbed: readonly Running[]): Promise<void> {
  await waitFor(
    "every disturbed run going on",
    async () => {
      const rows = await system.db.prisma.$queryRaw<(Running & { state: string })[]>`
        select id, attempt, epoch, state from runs
        where id = any(${disturbed.map(({ id }) => id)}::uuid[])`;
      return disturbed.every((before) => {
        const now = rows.find(({ id }) => id === before.id);
        if (now === undefined) return true;
        return now.state !== "running" || now.attempt > before.attempt || now.epoch > before.epoch;
      });
    },
    RECOVERY_LIMIT_MS,
  );
}

/** By Postgres, since clocks are stepped here. */
async function clock({ db }: FaultSystem): Promise<Date> {
  const [row] = await db.prisma.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  return row?.now ?? new Date();
}

/** The worker has taken a run since, or none waits: one that only lives has not recovered. */
async function atWorkAgain(
  { db }: FaultSystem,
  { name }: AppProcess,
  struckAt: Date,
): Promise<void> {
  await waitFor(
    `${name} at work again`,
    async () => {
      const [row] = await db.prisma.$queryRaw<{ found: boolean }[]>`
        select exists (
          select 1 from attempts a join workers w on w.id = a.worker_id
          where w.name = ${name} and a.started_at > ${struckAt}
        ) or not exists (
          select 1 from runs where state = 'queued' and coalesce(not_before, now()) <= now()
        ) as found`;
      return row?.found ?? false;
    },
    RECOVERY_LIMIT_MS,
  );
}

async function hasCompleted({ db }: FaultSystem): Promise<boolean> {
  const [row] = await db.prisma.$queryRaw<{ found: boolean }[]>`
    select exists (select 1 from runs where state = 'completed') as found`;
  return row?.found ?? false;
}

/** Lets what is paused go on, and waits until all has ended. */
async function drain(system: FaultSystem): Promise<void> {
  const { client, db } = system;
  await waitFor(
    "the end of all runs and sweeps",
    async () => {
      const { items } = await client.runs.list({ state: ["paused"], limit: 100 });
      for (const { id } of items) await client.runs.resume(id).catch(() => {}); // gone meanwhile
      const [open] = await db.prisma.$queryRaw<{ runs: number; sweeps: number }[]>`
        select (select count(*)::int from runs
            where state in ('queued', 'running', 'paused')) as runs,
          (select count(*)::int from sweeps where state in ('running', 'paused')) as sweeps`;
      return open?.runs === 0 && open.sweeps === 0;
    },
    DRAIN_LIMIT_MS,
  ).catch(() => {}); // the checker says what has not ended
}

async function totals({ db }: FaultSystem) {
  const [row] = await db.prisma.$queryRaw<
    Pick<FaultsResult, "runs" | "completed" | "attempts" | "sweeps" | "points">[]
  >`
    select (select count(*)::int from runs) as runs,
      (select count(*)::int from runs where state = 'completed') as completed,
      (select count(*)::int from attempts) as attempts,
      (select count(*)::int from sweeps) as sweeps,
      (select count(*)::int from metric_points) as points`;
  if (row === undefined) throw new Error("no totals");
  return row;
}
