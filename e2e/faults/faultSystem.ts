import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type Client, createClient } from "@sweepyard/client";
import { connect, type Db } from "@sweepyard/db";
import { type StoreProxy, startProxy } from "@sweepyard/local/storeProxy";
import { createQueues, type Queues } from "@sweepyard/queue";
import { AppProcess } from "./appProcess.js";
import { REPOSITORY_ROOT } from "./repositoryRoot.js";
import { uploadSmallDataset } from "./smallDataset.js";
import { openPostgres, openRedis, type Store } from "./store.js";

const run = promisify(execFile);

export const LEASE_MS = 4_000;
export const RECONCILE_MS = 1_500;
export const GRACE_MS = 8_000;
const ARTIFACT_SPACE = "192m";
const QUEUE_PREFIX = "{faults}";

export interface FaultSystemOptions {
  readonly workers: number;
  /** Of each worker. */
  readonly slots: number;
}

/**
 * The whole system on stores of its own. Whatever a fault does, it keeps a way of its own to the
 * stores (`db`, `queues`), so that what happened can be looked up while others are cut off.
 */
export class FaultSystem {
  readonly client: Client;
  readonly db: Db;
  readonly queues: Queues;
  readonly postgres: Store;
  readonly redis: Store;
  readonly api: AppProcess;
  readonly dir: string;
  readonly artifactsDir: string;
  /** Whether the artifacts lie on a file system of their own, small enough to fill. */
  readonly canFillDisk: boolean;
  workers: AppProcess[] = [];
  readonly #wires: readonly StoreProxy[];
  readonly #slots: number;
  #workerCount = 0;

  static async start({ workers, slots }: FaultSystemOptions): Promise<FaultSystem> {
    const dir = await mkdtemp(join(tmpdir(), "sweepyard-faults-"));
    const artifactsDir = join(dir, "artifacts");
    await mkdir(artifactsDir);
    const canFillDisk = await run("mount", [
      ...["-t", "tmpfs", "-o", `size=${ARTIFACT_SPACE}`, "tmpfs", artifactsDir],
    ]).then(
      () => true,
      () => false, // not root: that one fault is left out
    );
    let system: FaultSystem | undefined;
    const [postgres, redis] = await Promise.all([
      openPostgres(join(dir, "postgres"), (url) => system?.moved("postgres", url)),
      openRedis(join(dir, "redis"), (url) => system?.moved("redis", url)),
    ]);
    const [postgresWire, redisWire] = await Promise.all([
      startProxy(postgres.url),
      startProxy(redis.url),
    ]);
    const port = await freePort();
    const env = { ...SETTINGS, ARTIFACTS_DIR: artifactsDir, QUEUE_PREFIX, API_PORT: String(port) };
    await admin(["migrate"], postgres.url);
    const scopes = "read,submit,promote,predict,admin";
    const key = await admin(["create-key", "--name", "faults", "--scopes", scopes], postgres.url);
    const api = await AppProcess.start({
      app: "api",
      name: "api",
      dir,
      postgresUrl: postgres.url,
      redisUrl: redis.url,
      env,
    });
    system = new FaultSystem({
      client: createClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: key }),
      db: connect({ url: postgresWire.url, pool: 4, artifactsDir }),
      queues: createQueues({ redisUrl: redisWire.url, prefix: QUEUE_PREFIX }),
      postgres,
      redis,
      api,
      dir,
      artifactsDir,
      canFillDisk,
      wires: [postgresWire, redisWire],
      slots,
    });
    await uploadSmallDataset(system.client);
    for (let count = 0; count < workers; count++) await system.addWorker();
    return system;
  }

  private constructor(parts: {
    readonly client: Client;
    readonly db: Db;
    readonly queues: Queues;
    readonly postgres: Store;
    readonly redis: Store;
    readonly api: AppProcess;
    readonly dir: string;
    readonly artifactsDir: string;
    readonly canFillDisk: boolean;
    readonly wires: readonly StoreProxy[];
    readonly slots: number;
  }) {
    this.client = parts.client;
    this.db = parts.db;
    this.queues = parts.queues;
    this.postgres = parts.postgres;
    this.redis = parts.redis;
    this.api = parts.api;
    this.dir = parts.dir;
    this.artifactsDir = parts.artifactsDir;
    this.canFillDisk = parts.canFillDisk;
    this.#wires = parts.wires;
    this.#slots = parts.slots;
  }

  get apps(): AppProcess[] {
    return [this.api, ...this.workers];
  }

  async addWorker(): Promise<AppProcess> {
    const name = `worker-${++this.#workerCount}`;
    const worker = await AppProcess.start({
      app: "worker",
      name,
      dir: this.dir,
      postgresUrl: this.postgres.url,
      redisUrl: this.redis.url,
      env: {
        ...SETTINGS,
        ARTIFACTS_DIR: this.artifactsDir,
        QUEUE_PREFIX,
        WORKER_NAME: name,
        SLOTS: String(this.#slots),
      },
    });
    this.workers.push(worker);
    return worker;
  }

  async removeWorker(worker: AppProcess): Promise<void> {
    this.workers = this.workers.filter((other) => other !== worker);
    await worker.close();
  }

  /** Every wire carries again, every clock is right, every process is there and goes on. */
  async heal(): Promise<void> {
    for (const app of this.apps) {
      app.postgres.heal();
      app.redis.heal();
      app.signal("SIGCONT");
    }
    await Promise.all(this.apps.map((app) => app.ready));
  }

  moved(store: "postgres" | "redis", url: string): void {
    for (const app of this.apps) app[store].retarget(url);
    this.#wires[store === "postgres" ? 0 : 1]?.retarget(url);
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await this.queues.close();
    await this.db.close();
    for (const wire of this.#wires) await wire.close();
    await Promise.allSettled([this.redis.stop(), this.postgres.stop()]);
    if (this.canFillDisk) await run("umount", [this.artifactsDir]);
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

const SETTINGS = {
  NODE_ENV: "production",
  THREADS: "1",
  LEASE_SECONDS: String(LEASE_MS / 1000),
  HEARTBEAT_SECONDS: "1",
  RECONCILE_SECONDS: String(RECONCILE_MS / 1000),
  GRACE_SECONDS: String(GRACE_MS / 1000),
  TRAINER_SILENCE_SECONDS: "15",
  // Faults come one upon the other here: none of them is the run's own.
  MAX_ATTEMPTS: "1000",
  LOG_LEVEL: "info",
};

async function admin(args: string[], databaseUrl: string): Promise<string> {
  const script = join(REPOSITORY_ROOT, "apps/api/dist/admin.js");
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { stdout } = await run(process.execPath, [script, ...args], { env });
  return stdout.trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/** Asks again until `find` gives something. @throws after `timeoutMs`, saying what was waited for */
export async function waitFor<T>(
  what: string,
  find: () => Promise<T | undefined | false>,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await find().catch(() => undefined); // the store may be the one that is down
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await sleep(50);
  }
}
