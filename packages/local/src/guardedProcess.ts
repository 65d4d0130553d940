import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * A shell that starts the server and watches file descriptor 3, a pipe whose other end is ours.
 * When we close it, or are killed without a word, the server gets SIGINT: nothing outlives us.
 */
const GUARD = `"$@" 3<&- & server=$!
(read -r _ <&3; kill -INT "$server" 2>/dev/null) & watcher=$!
wait "$server"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"`;

export interface GuardedOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Gets each line that the server writes to stdout or stderr. */
  readonly onLine: (line: string) => void;
}

export interface GuardedProcess {
  /** Settles when the server has ended, however it ended; never rejects. */
  readonly exited: Promise<void>;
  /** Asks the server to end, waits, and kills it when `graceMs` have passed. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a server that understands SIGINT, in a session of its own: Ctrl-C reaches only us. */
export function startGuarded(options: GuardedOptions): GuardedProcess {
  const { command, args, cwd, env, uid, gid, onLine } = options;
  const shell = spawn("sh", ["-c", GUARD, "sh", command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    uid,
    gid,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  for (const stream of [shell.stdout, shell.stderr])
    if (stream) createInterface({ input: stream }).on("line", onLine);
  const exited = new Promise<void>((resolve) => {
    shell.once("error", (error) => {
      onLine(error.message);
      resolve();
    });
    shell.once("close", () => resolve());
  });
  const leash = shell.stdio[3];
  leash?.on("error", () => {}); // a server that ended first breaks the pipe; `exited` tells

  return {
    exited,
    async stop(graceMs = 15_000) {
      leash?.destroy();
      const timer = setTimeout(() => killGroup(shell), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function killGroup(shell: ChildProcess) {
  if (shell.pid === undefined) return;
  try {
    process.kill(-shell.pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}
