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
  close(): Promise<void>;
}

const run = promisify(execFile);

/** Postgres, Redis and the API in a folder of their own; no worker, so that nothing trains. */
export async function startApiSystem(): Promise<ApiSystem> {
  const dir = await mkdtemp(join(tmpdir(), "sweepyard-api-"));
  await mkdir(join(dir, "artifacts"));
  const stops: (() => Promise<unknown>)[] = [
    () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  ];
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
    let api = await startApi(dir, env);
    const url = api.url;
    stops.push(() => stopApi(api.child, "SIGTERM"));
    const db = connect({ url: postgres.url, pool: 4 });
    stops.push(() => db.close());
    return {
      url,
      key,
      postgresUrl: postgres.url,
      client: createClient({ baseUrl: url, apiKey: key }),
      db,
      killApi: () => stopApi(api.child, "SIGKILL"),
      async startApi() {
        api = await startApi(dir, { ...env, API_PORT: new URL(url).port });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startApi(dir: string, env: Record<string, string>) {
  const log = createWriteStream(join(dir, "api.log"), { flags: "a" });
  const child = fork(join(REPOSITORY_ROOT, "apps/api/dist/main.js"), [], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error(`the API did not start; see ${join(dir, "api.log")}`);
    }),
  ]);
  return { child, url: (message as { url: string }).url };
}

async function stopApi(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
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
