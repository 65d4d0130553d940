import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@sweepyard/contract";

const run = promisify(execFile);

/** The account that Postgres runs under, and the command line that takes it on. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
  /** Goes in front of the command; empty when `uid` and `gid` are to be given to spawn. */
  readonly prefix: readonly string[];
}

/**
 * Postgres refuses to run as root. For root this is the `postgres` account, made when missing;
 * for everybody else null: Postgres runs as who we are.
 *
 * Root's folders are often closed to others (/root, `mktemp -d`). Then the account keeps one
 * capability, to pass through closed folders, since opening them is not ours to do.
 */
export async function postgresAccount(paths: readonly string[]): Promise<PostgresAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const { uid, gid } = (await lookUp()) ?? (await create());
  const closed = await firstClosedFolder(paths, uid, gid);
  if (closed === null) return { uid, gid, prefix: [] };
  const keep = [
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup", // else access(2), by which Postgres finds itself, ignores it
  ];
  const prefix = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...keep, "--"];
  const [command = "", ...args] = prefix;
  await run(command, [...args, "true"]).catch((cause) => {
    throw new AppError(
      "unavailable",
      `Postgres cannot run as root, and the account "postgres" may not enter ${closed}: ` +
        "run as an ordinary user, or move the checkout (and SWEEPYARD_HOME) to a folder that others may enter",
      { cause },
    );
  });
  return { uid, gid, prefix };
}

async function lookUp(): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", "postgres"]),
      run("id", ["-g", "postgres"]),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function create() {
  await run("groupadd", ["--system", "postgres"]).catch(() => {}); // may be there already
  await run("useradd", ["--system", "--gid", "postgres", "--no-create-home", "postgres"]).catch(
    (cause) => {
      throw new AppError(
        "unavailable",
        'Postgres cannot run as root, and the account "postgres" could not be made: run as an ordinary user, or set DATABASE_URL',
        { cause },
      );
    },
  );
  const account = await lookUp();
  if (account === null) throw new AppError("unavailable", 'useradd made no account "postgres"');
  return account;
}

/** The folder nearest the root, on the way to any of `paths`, that the account may not enter. */
async function firstClosedFolder(paths: readonly string[], uid: number, gid: number) {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = dirname(resolve(path)); ; at = dirname(at)) {
      folders.add(at);
      if (at === dirname(at)) break;
    }
  for (const folder of [...folders].sort((a, b) => a.length - b.length)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const entered = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & entered) === 0) return folder;
  }
  return null;
}
