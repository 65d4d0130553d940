import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Resident bytes of a process group and of what descends from its leader, pages that several share
 * counted for each.
 */
export async function memoryOf(leader: number): Promise<number> {
  const processes = process.platform === "linux" ? await fromProc() : await fromPs();
  const members = new Set([leader]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent, group } of processes) {
      if (members.has(pid) || (group !== leader && !members.has(parent))) continue;
      members.add(pid);
      grown = true;
    }
  }
  return processes.reduce((sum, { pid, bytes }) => sum + (members.has(pid) ? bytes : 0), 0);
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly bytes: number;
}

const PAGE_BYTES = 4_096;

/** proc_pid_stat(5): the name may hold spaces and parentheses, so fields count from the last one. */
async function fromProc(): Promise<ProcessRow[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
      if (text === null) return []; // it has ended meanwhile
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const [parent, group, pages] = [fields[1], fields[2], fields[21]].map(Number);
      return [
        {
          pid: Number(pid),
          parent: parent ?? 0,
          group: group ?? 0,
          bytes: (pages ?? 0) * PAGE_BYTES,
        },
      ];
    }),
  );
  return rows.flat();
}

const run = promisify(execFile);

async function fromPs(): Promise<ProcessRow[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,pgid=,rss="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0, kib = 0]) => ({
      pid,
      parent,
      group,
      bytes: kib * 1_024,
    }));
}
