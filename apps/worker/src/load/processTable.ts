import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Resident; pages that several processes share count for each. */
  readonly bytes: number;
  /** Since it began, in user and in system mode. */
  readonly cpuMs: number;
}

/** Every process that can be seen. */
export const readProcesses = (): Promise<ProcessRow[]> =>
  process.platform === "linux" ? fromProc() : fromPs();

/** Those of a process group and what descends from its leader. */
export function treeOf(processes: readonly ProcessRow[], leader: number): ProcessRow[] {
  const members = new Set([leader]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent, group } of processes) {
      if (members.has(pid) || (group !== leader && !members.has(parent))) continue;
      members.add(pid);
      grown = true;
    }
  }
  return processes.filter(({ pid }) => members.has(pid));
}

/** Resident bytes of a process group and of what descends from its leader. */
export async function memoryOf(leader: number): Promise<number> {
  return treeOf(await readProcesses(), leader).reduce((sum, { bytes }) => sum + bytes, 0);
}

const PAGE_BYTES = 4_096;
/** Of Linux' clock ticks, which are a hundredth of a second to every program. */
const TICK_MS = 10;

/** proc_pid_stat(5): the name may hold spaces and parentheses, so fields count from the last one. */
async function fromProc(): Promise<ProcessRow[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
      if (text === null) return []; // it has ended meanwhile
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const field = (place: number) => Number(fields[place] ?? 0);
      return [
        {
          pid: Number(pid),
          parent: field(1),
          group: field(2),
          bytes: field(21) * PAGE_BYTES,
          cpuMs: (field(11) + field(12)) * TICK_MS,
        },
      ];
    }),
  );
  return rows.flat();
}

const run = promisify(execFile);

async function fromPs(): Promise<ProcessRow[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,pgid=,rss=,time="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, group, kib, time] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        bytes: Number(kib) * 1_024,
        cpuMs: cpuTimeMs(time ?? ""),
      };
    });
}

/** Of ps: `[[dd-]hh:]mm:ss`, with hundredths on some systems. */
function cpuTimeMs(text: string): number {
  const [days, clock] = text.includes("-") ? text.split("-", 2) : ["0", text];
  const seconds = (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
}
