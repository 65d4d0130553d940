import { execFile } from "node:child_process";
import { access, constants, mkdir, readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@sweepyard/contract";
import { unpackDebianPackages } from "./debianPackages.js";
import type { OnProgress } from "./downloadProgress.js";
import { freePort } from "./freePort.js";
import { type GuardedProcess, startGuarded } from "./guardedProcess.js";
import { clearLeftover } from "./leftover.js";
import type { LocalService } from "./localService.js";
import { readOrDrawSecret } from "./secretFile.js";
import { diskFull, explainStorageError, isDiskFull } from "./storageError.js";

const run = promisify(execFile);

export interface RedisOptions {
  /** Folder of this server: its data, configuration and password. */
  readonly dir: string;
  /** Where a downloaded Redis is kept for the next start. Default: `dir`. */
  readonly cacheDir?: string;
  /** A free one when absent. */
  readonly port?: number;
  /** Default: this process's. REDIS_URL and PATH are read from it. */
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: OnProgress;
  readonly log?: (line: string) => void;
}

interface RedisProgram {
  readonly command: string;
  readonly libraryPath?: string;
}

/**
 * The Redis of REDIS_URL when that is set; else one started on 127.0.0.1 with its data in `dir`,
 * every write kept (append-only file) and nothing evicted.
 * @throws {AppError} `unavailable` when no Redis is to be had, saying what to do; `storage_full`.
 */
export async function startRedis(options: RedisOptions): Promise<LocalService> {
  const { dir, cacheDir = dir, env = process.env, onProgress, log = () => {} } = options;
  if (env.REDIS_URL) return useRunning(env.REDIS_URL);
  try {
    const program =
      (await findOnPath(env.PATH ?? "")) ??
      (await findUnpacked(join(cacheDir, "debian"))) ??
      (await fetchDebianRedis(join(cacheDir, "debian"), { onProgress, log }));
    return await launch(program, options, log);
  } catch (error) {
    throw explainStorageError(error, dir);
  }
}

async function useRunning(url: string): Promise<LocalService> {
  const { hostname, port } = parseUrl(url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 5_000 });
    socket.once("connect", () => resolve(socket.destroy() && undefined));
    socket.once("timeout", () => socket.destroy(new Error("no answer within 5 s")));
    socket.once("error", (cause) =>
      reject(
        new AppError(
          "unavailable",
          `no Redis answers at ${hostname}:${port || 6379} (REDIS_URL): ${cause.message}; start it, or unset REDIS_URL to have one started here`,
          { cause },
        ),
      ),
    );
  });
  return { url, exited: new Promise(() => {}), stop: async () => {} };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new AppError("invalid_request", "REDIS_URL is no URL: redis://host:6379 is one", {
      cause,
    });
  }
}

async function findOnPath(path: string): Promise<RedisProgram | null> {
  for (const name of ["redis-server", "valkey-server"])
    for (const folder of path.split(delimiter).filter(Boolean)) {
      const command = join(folder, name);
      if (await isExecutable(command)) return { command };
    }
  return null;
}

/** The program below `root`, if one is there and runs on this machine. */
async function findUnpacked(root: string): Promise<RedisProgram | null> {
  const libraries = join(root, "usr", "lib");
  const triples = await readdir(libraries).catch(() => []);
  const libraryPath = triples.map((triple) => join(libraries, triple)).join(delimiter);
  for (const name of ["redis-server", "redis-check-rdb", "valkey-server"]) {
    const command = join(root, "usr", "bin", name);
    const env = { ...process.env, LD_LIBRARY_PATH: libraryPath };
    const runs = await run(command, ["--version"], { env }).catch(() => null);
    if (runs?.stdout.includes("server v=")) return { command, libraryPath };
  }
  return null;
}

async function fetchDebianRedis(
  into: string,
  report: { onProgress?: OnProgress; log: (line: string) => void },
): Promise<RedisProgram> {
  try {
    await unpackDebianPackages({
      into,
      packages: ["redis-server", "redis-tools"],
      withLibraries: true,
      label: "Redis (Debian's packages)",
      ...report,
    });
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "unavailable")
      throw missingRedis(cause.message, cause);
    throw cause;
  }
  const program = await findUnpacked(into);
  if (program === null) throw missingRedis("Debian's redis-server does not run on this machine");
  return program;
}

function missingRedis(reason: string, cause?: unknown): AppError {
  return new AppError(
    "unavailable",
    `no Redis: neither REDIS_URL nor a redis-server or valkey-server on the PATH, and ${reason}. ` +
      "Install Redis (apt install redis-server, brew install redis), or set REDIS_URL to one that runs",
    { cause },
  );
}

async function launch(
  program: RedisProgram,
  { dir, port: wanted }: RedisOptions,
  log: (line: string) => void,
): Promise<LocalService> {
  await mkdir(join(dir, "data"), { recursive: true });
  const config = join(dir, "redis.conf");
  const pidFile = join(dir, "redis.pid");
  const password = await readOrDrawSecret(join(dir, "password"));
  await clearLeftover(pidFile, config);
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    await writeFile(config, configuration({ dir, pidFile, port, password }), { mode: 0o600 });
    const outcome = await tryLaunch(program, config, log);
    if (typeof outcome !== "string") {
      const url = `redis://default:${password}@127.0.0.1:${port}`;
      return { url, exited: outcome.exited, stop: () => outcome.stop() };
    }
    if (/address already in use/i.test(outcome) && attempt < 3) continue;
    if (isDiskFull(outcome)) throw diskFull(dir);
    throw new AppError("unavailable", `Redis did not start: ${outcome || "it gave no reason"}`);
  }
}

/** A file, since anybody on the machine can read a command line. */
function configuration(to: { dir: string; pidFile: string; port: number; password: string }) {
  return [
    "bind 127.0.0.1",
    `port ${to.port}`,
    `requirepass ${to.password}`,
    `dir ${JSON.stringify(join(to.dir, "data"))}`,
    `pidfile ${JSON.stringify(to.pidFile)}`,
    "daemonize no",
    "appendonly yes",
    'save ""',
    "maxmemory-policy noeviction",
    "",
  ].join("\n");
}

/** The running server, or the last words of one that ended. */
async function tryLaunch(
  program: RedisProgram,
  config: string,
  log: (line: string) => void,
): Promise<GuardedProcess | string> {
  let announceReady: (ready: true) => void = () => {};
  const ready = new Promise<true>((resolve) => {
    announceReady = resolve;
  });
  const lines: string[] = [];
  const server = startGuarded({
    command: program.command,
    args: [config],
    env: program.libraryPath === undefined ? {} : { LD_LIBRARY_PATH: program.libraryPath },
    onLine(line) {
      log(line);
      if (/ready to accept connections/i.test(line)) announceReady(true);
      else if (lines.push(line) > 20) lines.shift();
    },
  });
  if ((await Promise.race([ready, server.exited])) === true) return server;
  return lines.slice(-3).join(" ");
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
