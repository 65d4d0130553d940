import { availableParallelism, hostname, totalmem } from "node:os";
import { AppError, type QueueName, type WorkerSettings } from "@sweepyard/contract";
import {
  collectFiles,
  connect,
  type Db,
  heartbeat,
  pendingMigrations,
  registerWorker,
  trimSamples,
  workerBeat,
  workerStopped,
} from "@sweepyard/db";
import { createQueues, type Handlers, startWorker } from "@sweepyard/queue";
import { SweepDecider } from "@sweepyard/search";
import type { Logger } from "pino";
import { Drainable } from "./drainable.js";
import { advanceSweep } from "./handlers/advanceSweep.js";
import { predictBatch } from "./handlers/predictBatch.js";
import { reconcile } from "./handlers/reconcile.js";
import { trainRun } from "./handlers/trainRun.js";
import { LoadRecorder } from "./load/loadRecorder.js";
import { OwnedRuns } from "./ownedRuns.js";
import { allowedPrograms } from "./program/allowedPrograms.js";
import { repeat } from "./repeat.js";
import { type HealthServer, serveHealth } from "./serveHealth.js";
import { TrainerPool } from "./trainerPool/trainerPool.js";
import { WatchedWorker } from "./watchedWorker.js";
import { deliverWebhooks } from "./webhooks/deliverWebhooks.js";
import { withDeadline } from "./withDeadline.js";

const VERSION = "0.1.0";
/** What the engine computes on. */
const DEVICE = "cpu";
const TRAINER_STOP_MS = 5_000;
const CONTROL_CONCURRENCY = 4;
const COLLECT_MS = 3_600_000;
/** Between looks into the outbox of webhooks. */
const OUTBOX_MS = 1_000;
/** Most between looks at whether jobs are taken: a job takes milliseconds to be taken. */
const LOOK_MS = 10_000;
const LEAST_SILENCE_MS = 5_000;
/** Time kept back from the grace period to say good-bye to the stores. */
const FAREWELL_MS = 1_500;

export interface SupervisorOptions {
  readonly settings: WorkerSettings;
  readonly logger: Logger;
  /** The trainer's program, trainer.js. */
  readonly trainerEntry: string;
}

export interface Supervisor {
  readonly workerId: string;
  /** Where its health is served; null where it is not. */
  readonly healthUrl: string | null;
  /** Pids of the trainers, by slot. */
  trainerPids(): (number | undefined)[];
  /**
   * Takes no more jobs, has the trainers stop and hands their runs back, so that other workers
   * go on with them at once. Past the grace period it kills. Never throws; once is enough.
   */
  stop(): Promise<void>;
}

/**
 * Starts a worker: jobs in, trainers, leases, repairs.
 * @throws {AppError} if one of the stores does not answer or lacks migrations; nothing is left
 *   running then.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { settings, logger } = options;
  const cores = availableParallelism();
  const slotCount = settings.SLOTS ?? cores;
  const threads = settings.THREADS ?? Math.max(1, Math.floor(cores / Math.max(1, slotCount)));
  const leaseMs = settings.LEASE_SECONDS * 1000;
  const graceMs = settings.GRACE_SECONDS * 1000;
  const programs = allowedPrograms(settings.WORKER_COMMANDS);
  const address = { redisUrl: settings.REDIS_URL, prefix: settings.QUEUE_PREFIX, logger };

  const db = connect({
    url: settings.DATABASE_URL,
    pool: settings.DATABASE_POOL,
    // What takes longer than the lease helps no run, and a job that it holds waits for nothing.
    silenceMs: Math.max(leaseMs, LEAST_SILENCE_MS),
    artifactsDir: settings.ARTIFACTS_DIR,
  });
  const queues = createQueues(address);
  const slots = Array.from({ length: slotCount }, (_, slot) => ({ slot, device: DEVICE }));
  let workerId: string;
  let health: HealthServer | null = null;
  let trouble = (): string | null => "it is starting";
  try {
    if (settings.HEALTH_PORT !== undefined) health = await serveHealth(settings, () => trouble());
    await queues.ping();
    await requireMigrated(db, settings.DATABASE_URL);
    workerId = await registerWorker(db, {
      name: settings.WORKER_NAME ?? hostname(),
      host: hostname(),
      pid: process.pid,
      version: VERSION,
      slots,
      commands: programs.any,
      machine: { cores, memoryBytes: totalmem() },
    });
  } catch (error) {
    health?.close();
    await Promise.allSettled([queues.close(), db.close()]);
    throw error;
  }

  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  const workers: WatchedWorker[] = [];
  /** Those of them that take runs. */
  const takers: WatchedWorker[] = [];
  const pool = new TrainerPool(slotCount, {
    entry: options.trainerEntry,
    artifactsDir: settings.ARTIFACTS_DIR,
    logger,
    stopMs: Math.min(TRAINER_STOP_MS, graceMs / 2),
    silenceMs: settings.TRAINER_SILENCE_SECONDS * 1000,
  });
  const owned: OwnedRuns = new OwnedRuns({
    leaseMs,
    logger,
    async beat(runs) {
      const answers = runs.length === 0 ? [] : await heartbeat(db, runs, leaseMs);
      const asked = await workerBeat(db, workerId, slots, troubleOf(workers));
      if (stopped === undefined) void drainable.obey(asked);
      return answers;
    },
  });
  const drainable = new Drainable({ owned, logger, takers });
  const load = new LoadRecorder({ db, workerId, logger });
  const deps = { db, queues, logger, decider: new SweepDecider() };
  const repair = reconcile({
    ...deps,
    // After an outage of the database every lease may have run out though its worker lives.
    leaseGraceMs: () => (owned.hadTrouble(2 * leaseMs) ? leaseMs : 0),
  });
  const handlers = {
    advance: advanceSweep(deps),
    train: trainRun({
      ...deps,
      pool,
      owned,
      load,
      workerId,
      device: DEVICE,
      threads,
      leaseMs,
      maxAttempts: settings.MAX_ATTEMPTS,
      programs,
      stopMs: graceMs / 2,
      stopping: stopping.signal,
    }),
    predict: predictBatch({
      ...deps,
      pool,
      workerId,
      threads,
      leaseMs,
      heartbeatMs: settings.HEARTBEAT_SECONDS * 1000,
      stopping: stopping.signal,
    }),
  };

  const beats = repeat(settings.HEARTBEAT_SECONDS * 1000, () => owned.beat());
  const repairs = repeat(settings.RECONCILE_SECONDS * 1000, () =>
    repair().catch((error: unknown) => logger.warn({ error: String(error) }, "repairs failed")),
  );
  repairs.now();
  const collections = repeat(COLLECT_MS, () =>
    Promise.all([collectFiles(db), trimSamples(db)]).then(
      ([files]) => logger.info({ files }, "deleted files that nothing refers to, and old samples"),
      (error: unknown) => logger.warn({ error: String(error) }, "could not delete what is old"),
    ),
  );
  const allowPrivate = settings.WEBHOOK_PRIVATE_ADDRESSES === "allow";
  const outbox = repeat(OUTBOX_MS, async () => {
    let more = true;
    while (more && stopped === undefined)
      more = await deliverWebhooks({ db, logger, allowPrivate }).catch((error: unknown) => {
        logger.warn({ error: String(error) }, "could not deliver webhooks");
        return false;
      });
  });
  const take = <Q extends QueueName>(queue: Q, concurrency: number, taking: Handlers<Q>) => {
    const start = () => startWorker(queue, taking, { ...address, concurrency });
    const worker = new WatchedWorker({ queue, concurrency, queues, logger, start });
    workers.push(worker);
    return worker;
  };
  take("control", CONTROL_CONCURRENCY, { "sweep.advance": handlers.advance, reconcile: repair });
  if (slotCount > 0)
    takers.push(
      take("training", slotCount, {
        "run.train": handlers.train,
        "predict.batch": handlers.predict,
      }),
    );
  if (slotCount > 0 && programs.any)
    takers.push(take("commands", slotCount, { "run.command": handlers.train }));
  const looks = repeat(Math.min(LOOK_MS, settings.RECONCILE_SECONDS * 1000), () =>
    Promise.all(workers.map((worker) => worker.look())),
  );
  trouble = () => {
    if (stopped !== undefined) return "it is stopping";
    const silentMs = owned.silentFor;
    if (silentMs > leaseMs) return `Postgres has not answered for ${Math.round(silentMs / 1000)} s`;
    return troubleOf(workers);
  };
  logger.info({ workerId, slots: slotCount, threads }, "worker is ready");

  async function stop(): Promise<void> {
    logger.info({ graceMs }, "stopping: runs are handed back");
    const deadline = performance.now() + graceMs - Math.min(FAREWELL_MS, graceMs / 4);
    const untilDeadline = () => Math.max(100, deadline - performance.now());
    const quietly = (work: Promise<unknown>, ms: number) =>
      withDeadline(work, ms).catch((error: unknown) => {
        logger.warn({ error: String(error) }, "while stopping");
      });
    await Promise.all(workers.map((worker) => quietly(worker.stopTaking(), untilDeadline())));
    looks.stop();
    repairs.stop();
    collections.stop();
    outbox.stop();
    load.stop();
    stopping.abort(new Error("the worker stops"));
    owned.stopAll();
    await Promise.all([
      quietly(workerStopped(db, workerId, "draining"), untilDeadline()),
      ...workers.map((worker) => worker.close(untilDeadline())),
    ]);
    // Leases are renewed until nothing is held any more.
    beats.stop();
    await pool.close(500);
    await quietly(workerStopped(db, workerId, "stopped"), 500);
    await quietly(Promise.all([queues.close(), db.close()]), 500);
    health?.close();
    logger.info({}, "stopped");
  }

  return {
    workerId,
    healthUrl: health?.url ?? null,
    trainerPids: () => pool.slots.map(({ pid }) => pid),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

const troubleOf = (workers: readonly WatchedWorker[]): string | null =>
  workers.find(({ trouble }) => trouble !== null)?.trouble ?? null;

async function requireMigrated(db: Db, databaseUrl: string): Promise<void> {
  const pending = await pendingMigrations(db).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    const { host } = new URL(databaseUrl); // the address, without its password
    const reason = String(cause).trim().split("\n").at(-1);
    throw new AppError("unavailable", `Postgres at ${host} does not answer: ${reason}`, { cause });
  });
  if (pending.length > 0)
    throw new AppError(
      "unavailable",
      `the database lacks ${pending.length} migrations (${pending.join(", ")}): ` +
        "run `node apps/api/dist/admin.js migrate` first",
    );
}
