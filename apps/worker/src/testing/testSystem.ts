import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  CreateRun,
  DatasetDetails,
  newId,
  parseSweep,
  type RunView,
  readSettings,
  WorkerSettings,
} from "@sweepyard/contract";
import {
  createDataset,
  createRun,
  createSweep,
  type Db,
  ensureProject,
  getRun,
  getSweep,
  judgedRuns,
  pruningLog,
  runArtifacts,
  runAttempts,
  runMetrics,
  sweepLog,
} from "@sweepyard/db";
import { createTestDatabase } from "@sweepyard/db/testing";
import { createQueues, type Queues } from "@sweepyard/queue";
import { type ReplayedPruning, replayPruning } from "@sweepyard/search";
import { Redis } from "ioredis";
import { pino } from "pino";
import { inject, vi } from "vitest";
import { type Supervisor, startSupervisor } from "../supervisor.js";
import { CLASS_NAMES, storeSyntheticDataset } from "./syntheticDataset.js";

export const dist = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const list = promisify(execFile);

/** Settings that make leases and repairs quick enough to wait for. */
const QUICK = {
  SLOTS: "1",
  THREADS: "1",
  LEASE_SECONDS: "2",
  HEARTBEAT_SECONDS: "0.3",
  RECONCILE_SECONDS: "0.5",
  GRACE_SECONDS: "8",
  LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
};

export type TestSystem = Awaited<ReturnType<typeof startTestSystem>>;
type Env = Record<string, string>;

/** Real stores of its own, a data set, and workers on demand; `close` ends all of it. */
export async function startTestSystem() {
  const artifactsDir = await mkdtemp(join(tmpdir(), "sweepyard-worker-"));
  const database = await createTestDatabase(inject("postgresUrl"), { pool: 5, artifactsDir });
  const { db } = database;
  const redisUrl = inject("redisUrl");
  const prefix = `{test-${newId()}}`;
  const queues = createQueues({ redisUrl, prefix });
  await queues.ping();
  const project = await ensureProject(db, "test");
  await createDataset(db, project.id, "test", {
    name: "synthetic",
    description: "",
    classNames: CLASS_NAMES,
    inputShape: [8, 8],
    trainRows: 1_000,
    testRows: 200,
    classCounts: [250, 250, 250, 250],
    task: "classification",
    details: DatasetDetails.parse({}),
    files: await storeSyntheticDataset(db.artifacts),
  });
  const env = (changes: Env = {}): Env => ({
    ...QUICK,
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    ARTIFACTS_DIR: artifactsDir,
    QUEUE_PREFIX: prefix,
    ...changes,
  });
  const supervisors: Supervisor[] = [];
  const processes: WorkerProcess[] = [];

  return {
    db,
    queues,
    projectId: project.id,
    databaseUrl: database.url,
    redisUrl,
    /** The environment of a worker process. */
    env,
    ...submitting(db, queues, project.id),
    ...looking(db, project.id),

    /** A worker inside this process; its trainers are processes. */
    async startSupervisor(changes: Env = {}): Promise<Supervisor> {
      const settings = readSettings(WorkerSettings, env(changes));
      const logger = pino({ level: settings.LOG_LEVEL });
      const trainerEntry = dist("trainer.js");
      const supervisor = await startSupervisor({ settings, logger, trainerEntry });
      supervisors.push(supervisor);
      return supervisor;
    },

    async stopSupervisors(): Promise<void> {
      await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
    },

    /** A worker as a process of its own, to be killed. */
    async startProcess(changes: Env = {}): Promise<WorkerProcess> {
      const worker = await startWorkerProcess(env(changes));
      processes.push(worker);
      return worker;
    },

    /** What FLUSHALL does to us, without doing it to other tests. */
    async forgetQueue(): Promise<void> {
      const redis = new Redis(redisUrl);
      await redis.del(...(await redis.keys(`${prefix}*`)));
      redis.disconnect();
    },

    async close(): Promise<void> {
      for (const worker of processes.splice(0)) worker.kill("SIGKILL");
      await this.stopSupervisors();
      await queues.close();
      await database.drop();
      await rm(artifactsDir, { recursive: true });
    },
  };
}

const PLAN = {
  data: { dataset: "synthetic", version: 1 },
  model: { template: "mlp", depth: 2, units: [24, 16] },
  batch_size: 32,
  seed: 5,
};

function submitting(db: Db, queues: Queues, projectId: string) {
  return {
    /** Stores and enqueues a run, as the API does. */
    async submitRun(plan: Record<string, unknown> = {}): Promise<string> {
      const run = await createRun(
        db,
        projectId,
        "test",
        CreateRun.parse({ plan: { ...PLAN, ...plan } }),
      );
      await queues.enqueue("run.train", { runId: run.id, generation: 1 });
      return run.id;
    },

    async submitSweep(sweep: Record<string, unknown>, plannedRuns: number | null) {
      const parsed = parseSweep({ name: "test", ...sweep });
      const { id } = await createSweep(db, projectId, "test", parsed, { plannedRuns });
      await queues.enqueue("sweep.advance", { sweepId: id });
      return id;
    },
  };
}

function looking(db: Db, projectId: string) {
  return {
    run: (id: string) => getRun(db, projectId, id),
    sweep: (id: string) => getSweep(db, projectId, id),
    attempts: (id: string) => runAttempts(db, projectId, id),

    async waitForRun(
      id: string,
      condition: (run: RunView) => boolean,
      timeout = 40_000,
    ): Promise<RunView> {
      return vi.waitFor(
        async () => {
          const run = await getRun(db, projectId, id);
          if (condition(run)) return run;
          const { state, stateReason, epoch, attempt, error } = run;
          throw new Error(
            `run is ${JSON.stringify({ state, stateReason, epoch, attempt, error })}`,
          );
        },
        { timeout, interval: 25 },
      );
    },

    /** Every decision of the sweep's pruner and promoter, made again from its log. */
    async replayPruning(id: string): Promise<ReplayedPruning[]> {
      const { objective: goal, seed } = await getSweep(db, projectId, id);
      const { items } = await sweepLog(db, projectId, id, { after: 0, limit: 10_000 });
      const page = { after: 0, limit: 10_000 };
      const runs = (await judgedRuns(db, id, page)).map(({ at, values, ...run }) => ({
        ...run,
        points: at.map((step, index) => ({ step, value: values[index] ?? null })),
      }));
      const log = await pruningLog(db, id, page);
      return [...replayPruning({ goal, seed, sweepLog: items, log, runs })];
    },

    /** What two runs of one plan must have in common, to the bit. */
    async numbers(id: string) {
      const artifacts = await runArtifacts(db, projectId, id);
      const rows = await runMetrics(db, projectId, id);
      const sha256 = (kind: string) =>
        artifacts.filter((artifact) => artifact.kind === kind).map((artifact) => artifact.sha256);
      return {
        weights: sha256("weights"),
        model: sha256("model"),
        metrics: rows.map((row) => {
          const { epoch_seconds: _s, samples_per_second: _r, ...values } = row.values;
          return { step: row.step, values };
        }),
      };
    },
  };
}

export interface WorkerProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Closes its IPC channel, as the death of its parent does. */
  disconnect(): void;
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  trainerPids(): Promise<number[]>;
}

async function startWorkerProcess(env: Env): Promise<WorkerProcess> {
  const child = fork(dist("main.js"), [], {
    env: { ...process.env, ...env, SWEEPYARD_PARENT: "1" },
    execArgv: [],
  });
  const exited = once(child, "exit").then(([code, signal]) => code ?? signal);
  const started = await Promise.race([once(child, "message"), exited]);
  if (!Array.isArray(started)) throw new Error(`the worker ended at its start: ${started}`);
  const pid = child.pid ?? 0;
  return {
    pid,
    exited,
    kill: (signal) => void child.kill(signal),
    disconnect: () => child.disconnect(),
    async trainerPids() {
      const { stdout } = await list("pgrep", ["-P", String(pid), "-f", "trainer.js"]);
      return stdout.trim().split("\n").map(Number);
    },
  };
}
