import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@sweepyard/client";
import { AppError } from "@sweepyard/contract";
import { runAdmin } from "./adminCommand.js";
import { apiKey } from "./apiKey.js";
import { type AppProcess, startApp } from "./appProcess.js";
import { choosePort } from "./choosePort.js";
import { writeConnectionFile } from "./connectionFile.js";
import { REPOSITORY_ROOT } from "./homeFolder.js";
import { type Kept, keepRunning, type Running } from "./keepRunning.js";
import type { LocalService } from "./localService.js";
import { openLog } from "./logFile.js";
import { startPostgres } from "./postgres.js";
import { startRedis } from "./redis.js";
import type { Terminal } from "./terminal.js";

export interface Services {
  readonly url: string;
  readonly client: Client;
  readonly apiKeyFile: string;
  readonly slots: number;
  /** Rejects when something that everything else needs has ended by itself. */
  readonly lost: Promise<never>;
}

export interface ServicesOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  /** Gets what stops each part, as soon as it runs; to be called last to first. */
  readonly stops: (() => Promise<void>)[];
  readonly signal: AbortSignal;
  /** A backup to begin with. */
  readonly restoreFrom: string | undefined;
}

/**
 * Starts Postgres, Redis, the API and a worker, each once the one before is ready.
 * @throws {AppError} for whatever does not start; `signal.reason` when aborted in between.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { home, env, terminal, stops, signal } = options;
  const lost: Promise<string>[] = [];
  /** Puts a part under supervision as soon as it runs, even if one beside it fails to start. */
  async function supervise<Part extends Running>(
    log: string,
    starting: Promise<Kept<Part>>,
  ): Promise<Part> {
    const part = await starting;
    stops.push(() => part.stop());
    lost.push(part.lost.then((why) => `${why}; see ${join(home, "logs", `${log}.log`)}`));
    return part.first;
  }

  const port = await choosePort(home, env.API_PORT);
  const slots = readSlots(env);
  const [postgres, redis] = await allOf(
    supervise("postgres", startDatabase(options)),
    supervise("redis", startQueue(options)),
  );
  signal.throwIfAborted();

  const artifactsDir = join(home, "artifacts");
  const appEnv: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    THREADS: "1",
    // Reached from this machine alone, whose own programs are who is told.
    ...(env.API_HOST === undefined && { WEBHOOK_PRIVATE_ADDRESSES: "allow" }),
    ...env,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    ARTIFACTS_DIR: artifactsDir,
    API_HOST: env.API_HOST ?? "127.0.0.1",
    API_PORT: String(port),
    SLOTS: String(slots),
    SWEEPYARD_HOME: home,
  };
  if (options.restoreFrom !== undefined)
    terminal.say((await runAdmin(["restore", options.restoreFrom], appEnv)).trim());
  await runAdmin(["migrate"], appEnv);
  signal.throwIfAborted();

  const app = { home, env: appEnv, terminal };
  const [api] = await allOf(
    supervise("api", startPart("api", "the API", app)),
    supervise("worker", startPart("worker", "the worker", app)),
  );
  signal.throwIfAborted();

  const url = api.url ?? `http://127.0.0.1:${port}`;
  const apiKeyFile = join(home, "api-key");
  const key = await apiKey(apiKeyFile, url, appEnv);
  const stores = { databaseUrl: postgres.url, artifactsDir };
  stops.push(await writeConnectionFile(home, { url, apiKey: key, ...stores }));
  const died = Promise.race(lost).then((reason) => {
    throw new AppError("unavailable", reason);
  });
  died.catch(() => {}); // whoever waits for it is told; nobody may be waiting yet
  const client = createClient({ baseUrl: url, apiKey: key });
  return { url, client, apiKeyFile, slots, lost: died };
}

/** Like Promise.all, but fails only when all have settled: nothing starts behind our back. */
async function allOf<const T extends readonly unknown[]>(
  ...parts: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  await Promise.allSettled(parts);
  return (await Promise.all(parts)) as unknown as T;
}

async function startDatabase({ home, env, terminal }: ServicesOptions) {
  const { DATABASE_URL: url } = env;
  if (url) {
    const running = { url, exited: new Promise<never>(() => {}), stop: async () => {} };
    return keepRunning<LocalService>("Postgres", async () => running, terminal.say);
  }
  const log = await openLog(home, "postgres");
  return keepRunning<LocalService>(
    "Postgres",
    (first) => startPostgres({ dir: join(home, "postgres"), log: log.write, port: portOf(first) }),
    terminal.say,
  );
}

async function startQueue({ home, env, terminal }: ServicesOptions) {
  const log = await openLog(home, "redis");
  return keepRunning<LocalService>(
    "Redis",
    (first) =>
      startRedis({
        dir: join(home, "redis"),
        cacheDir: join(home, "cache", "redis"),
        env,
        onProgress: terminal.onProgress,
        log: log.write,
        port: portOf(first),
      }),
    terminal.say,
  );
}

/** What is connected to a server looks for it where it was. */
const portOf = (first: LocalService | null): number | undefined =>
  first === null ? undefined : Number(new URL(first.url).port);

async function startPart(
  app: "api" | "worker",
  name: string,
  {
    home,
    env,
    terminal,
  }: {
    readonly home: string;
    readonly env: NodeJS.ProcessEnv;
    readonly terminal: Terminal;
  },
): Promise<Kept<AppProcess>> {
  const log = await openLog(home, app);
  const script = join(REPOSITORY_ROOT, "apps", app, "dist", "main.js");
  return keepRunning(name, () => startApp({ name, script, env, onLine: log.write }), terminal.say);
}

function readSlots({ SLOTS }: NodeJS.ProcessEnv): number {
  if (SLOTS === undefined || SLOTS === "") return availableParallelism();
  const slots = Number(SLOTS);
  if (Number.isInteger(slots) && slots >= 1) return slots;
  throw new AppError("invalid_request", `SLOTS is to be a whole number from 1 on, not "${SLOTS}"`);
}
