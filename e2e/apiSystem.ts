import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Client, createClient } from "@sweepyard/client";
import { connect, type Db } from "@sweepyard/db";
import { startPostgres, startRedis } from "@sweepyard/local";
import { REPOSITORY_ROOT } from "./faults/repositoryRoot.js";

export interface ApiSystem {
  readonly url: string;
  /** An API key of every scope. */
  readonly key: string;
  readonly client: Client;
  readonly postgresUrl: string;
  readonly db: Db;
  /** Ends the API's process at once, as a crash would. */
  killApi(): Promise<void>;
  /** Starts it again on the same port. */
  startApi(): Promise<void>;
  /** Starts a worker of one slot, which ends with the system. */
  startWorker(changes?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

const run = promisify(execFile);

/**
 * Postgres, Redis and the API in a folder of their own; nothing trains until a worker is started.
 * @param keptDir of a system that is to find its data again; without it, nothing is left behind
 */
export async function startApiSystem(keptDir?: string): Promise<ApiSystem> {
  const dir = keptDir ?? (await mkdtemp(join(tmpdir(), "sweepyard-api-")));
  await mkdir(join(dir, "artifacts"), { recursive: true });
  const stops: (() => Promise<unknown>)[] = [];
  if (keptDir === undefined)
    stops.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const close = async () => {
    for (const stop of stops.reverse()) await stop();
  };
  try {
    const postgres = await startPostgres({ dir: join(dir, "postgres") });
    stops.push(() => postgres.stop());
    const cacheDir = join(REPOSITORY_ROOT, ".sweepyard/cache/redis");
    const redis = await startRedis({ dir: join(dir, "redis"), cacheDir });
    stops.push(() => redis.stop());
    await admin(["migrate"], postgres.url);
    const scopes = "read,submit,promote,predict,admin";
    const key = await admin(["create-key", "--name", "e2e", "--scopes", scopes], postgres.url);
    const env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ARTIFACTS_DIR: join(dir, "artifacts"),
      API_PORT: "0",
      SWEEPYARD_PARENT: "1",
      NODE_ENV: "production",
    };
    let api = await startProcess("api", dir, env);
    const { url } = api.message as { url: string };
    stops.push(() => stopProcess(api.child, "SIGTERM"));
    const db = connect({ url: postgres.url, pool: 4 });
    stops.push(() => db.close());
    return {
      url,
      key,
      postgresUrl: postgres.url,
      client: createClient({ baseUrl: url, apiKey: key }),
      db,
      killApi: () => stopProcess(api.child, "SIGKILL"),
      async startApi() {
        api = await startProcess("api", dir, { ...env, API_PORT: new URL(url).port });
      },
      async startWorker(changes = {}) {
        const settings = { SLOTS: "1", THREADS: "1", HEARTBEAT_SECONDS: "0.5", ...changes };
        const worker = await startProcess("worker", dir, { ...env, ...settings });
        stops.push(() => stopProcess(worker.child, "SIGTERM"));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startProcess(app: "api" | "worker", dir: string, env: Record<string, string>) {
  const log = createWriteStream(join(dir, `${app}.log`), { flags: "a" });
  const child = fork(join(REPOSITORY_ROOT, `apps/${app}/dist/main.js`), [], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error(`apps/${app} did not start; see ${join(dir, `${app}.log`)}`);
    }),
  ]);
  return { child, message };
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

async function admin(args: string[], databaseUrl: string): Promise<string> {
  const script = join(REPOSITORY_ROOT, "apps/api/dist/admin.js");
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { stdout } = await run(process.execPath, [script, ...args], { env });
  return stdout.trim();
}
