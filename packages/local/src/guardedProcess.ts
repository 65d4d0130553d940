import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
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
  /** Settles when the server has ended: how, in words; never rejects. */
  readonly exited: Promise<string>;
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
  const exited = new Promise<string>((resolve) => {
    shell.once("error", (error) => {
      onLine(error.message);
      resolve(error.message);
    });
    shell.once("close", (code, signal) => resolve(signal ?? inWords(code ?? 0)));
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

/** A shell tells of a signal as 128 and its number. */
function inWords(code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return signal?.[0] ?? `exit status ${code}`;
}

function killGroup(shell: ChildProcess) {
  if (shell.pid === undefined) return;
  try {
    process.kill(-shell.pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}
