import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { AppError } from "@sweepyard/contract";
import { ownWords } from "./ownWords.js";
import { diskFull, isDiskFull } from "./storageError.js";

export interface AppOptions {
  /** For a person, such as "the API". */
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  readonly readyWithinMs?: number;
}

export interface AppProcess {
  readonly pid: number;
  /** What the app said when it was ready. */
  readonly url: string | null;
  /** Settles when the process has ended: how, in words. */
  readonly exited: Promise<string>;
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts one of the apps and waits until it sends `{ kind: "ready" }`.
 *
 * The convention (SWEEPYARD_PARENT=1): an app stops by itself when its IPC channel closes. So
 * closing the channel is how we stop it, and our own death, of whatever kind, stops it as well.
 * It gets a session of its own: Ctrl-C reaches only us, and we stop the apps in order.
 * @throws {AppError} `unavailable` with the app's last words when it ends before it is ready.
 */
export async function startApp(options: AppOptions): Promise<AppProcess> {
  const { name, script, env, onLine, readyWithinMs = 60_000 } = options;
  const child = fork(script, [], {
    env: { ...env, SWEEPYARD_PARENT: "1" },
    execArgv: [],
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on("line", (line) => {
        onLine(line);
        if (line.trim() !== "" && lastLines.push(line) > 30) lastLines.shift();
      });
  const exited = howItEnds(child);
  const stop = (graceMs = 30_000) => stopChild(child, exited, graceMs);

  let timer: NodeJS.Timeout | undefined;
  const outcome = await Promise.race([
    readiness(child),
    exited,
    new Promise<string>((resolve) => {
      const words = `it was not ready within ${readyWithinMs / 1000} s`;
      timer = setTimeout(() => resolve(words), readyWithinMs);
    }),
  ]);
  clearTimeout(timer);
  if (typeof outcome !== "string") return { pid: child.pid ?? 0, url: outcome.url, exited, stop };
  await stop(2_000);
  const said = lastLines.join("\n");
  if (isDiskFull(said)) throw diskFull(env.SWEEPYARD_HOME ?? "the home folder");
  throw new AppError("unavailable", `${name} did not start (${outcome}): ${reasonIn(lastLines)}`);
}

/** Not by "close": Node 20 leaves that out after a `disconnect()` of ours. */
async function howItEnds(child: ChildProcess): Promise<string> {
  const how = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit status ${code}`));
  });
  // Its last words may still be on their way; a process of its own may hold the pipe open.
  const ends = [child.stdout, child.stderr].map(async (stream) => {
    if (stream && !stream.closed) await once(stream, "close");
  });
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 500))]);
  return how;
}

function readiness(child: ChildProcess): Promise<{ url: string | null }> {
  return new Promise((resolve) => {
    child.on("message", (message: unknown) => {
      if (typeof message !== "object" || message === null || !("kind" in message)) return;
      if (message.kind !== "ready") return;
      const url = "url" in message && typeof message.url === "string" ? message.url : null;
      resolve({ url });
    });
  });
}

async function stopChild(child: ChildProcess, exited: Promise<string>, graceMs: number) {
  if (child.connected) child.disconnect();
  const timers = [
    setTimeout(() => child.kill("SIGTERM"), graceMs),
    setTimeout(() => killGroup(child), graceMs + 5_000),
  ];
  await exited;
  for (const timer of timers) clearTimeout(timer);
}

function killGroup(child: ChildProcess) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}

/** The app's own explanation: a log line's `msg`, an error's message, or simply what came last. */
function reasonIn(lines: readonly string[]): string {
  const own = ownWords(lines);
  if (own !== null) return own;
  for (const line of [...lines].reverse()) {
    const parsed = parseLogLine(line);
    if (parsed !== null) return parsed;
  }
  const error = lines.find((line) => /^\w*Error\b.*:/.test(line.trim()));
  return error?.trim() ?? lines.at(-1)?.trim() ?? "it said nothing";
}

function parseLogLine(line: string): string | null {
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level?: number;
      msg?: string;
      err?: { message?: string };
    };
    if (typeof level !== "number" || level < 50) return null;
    return err?.message ?? msg ?? null;
  } catch {
    return null;
  }
}
