import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Clears what an earlier start left behind in `pidFile`. A process that still runs is stopped
 * if its command line names `marker`, which only ours does; any other one merely has the number
 * of a dead one, as happens in every container, and is left alone.
 */
export async function clearLeftover(pidFile: string, marker: string): Promise<void> {
  const text = await readFile(pidFile, "utf8").catch(() => null);
  if (text === null) return;
  const pid = Number.parseInt(text, 10);
  if (Number.isSafeInteger(pid) && pid > 1 && (await commandLine(pid))?.includes(marker))
    await stopProcess(pid, 15_000);
  await rm(pidFile, { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Null when no such process runs. */
async function commandLine(pid: number): Promise<string | null> {
  const viaProc = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  if (viaProc !== null) return viaProc.replaceAll("\0", " ");
  if (process.platform === "linux") return null;
  const viaPs = await run("ps", ["-p", String(pid), "-o", "command="]).catch(() => null);
  return viaPs?.stdout ?? null;
}

/**
 * Number and start time of a process: unlike the number alone, never that of another one later.
 * Null when no such process runs.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // The name, in parentheses, may hold spaces; the start time is the 20th field after it.
  const startedAt = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (startedAt !== undefined) return `${pid} ${startedAt}`;
  if (process.platform === "linux") return null;
  const viaPs = await run("ps", ["-p", String(pid), "-o", "lstart="]).catch(() => null);
  return viaPs === null ? null : `${pid} ${viaPs.stdout.trim()}`;
}

/** SIGINT, then SIGKILL when `graceMs` have passed. */
async function stopProcess(pid: number, graceMs: number): Promise<void> {
  const killAt = Date.now() + graceMs;
  send(pid, "SIGINT");
  while (isAlive(pid)) {
    if (Date.now() > killAt) send(pid, "SIGKILL");
    if (Date.now() > killAt + 5_000) return; // a zombie of somebody else's: nothing runs there
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between.
  }
}
