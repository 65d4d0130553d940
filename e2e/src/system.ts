import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY_ROOT } from "../faults/repositoryRoot.js";

const BOOTSTRAP = join(REPOSITORY_ROOT, "packages/local/bootstrap.mjs");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started `npm start` or `npm run demo`, with all it has printed so far. */
export class Command {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #stdout = "";
  #stderr = "";
  readonly #listeners = new Set<() => void>();

  constructor(args: readonly string[], env: Record<string, string>) {
    this.child = spawn(process.execPath, [BOOTSTRAP, ...args], {
      cwd: REPOSITORY_ROOT,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#changed();
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#changed();
    });
    this.finished = new Promise((fulfil) => {
      this.child.once("close", (code) => {
        fulfil({ code, stdout: this.#stdout, stderr: this.#stderr });
        this.#changed();
      });
    });
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Waits until the output matches; @throws with the output if the command ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((fulfil, reject) => {
      const look = () => {
        const match = pattern.exec(this.output);
        const ended = this.child.exitCode !== null || this.child.signalCode !== null;
        if (match === null && !ended) return;
        this.#listeners.delete(look);
        if (match !== null) fulfil(match);
        else reject(new Error(`ended without ${pattern}:\n${this.output}`));
      };
      this.#listeners.add(look);
      look();
    });
  }

  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<Finished> {
    this.child.kill(signal);
    return this.finished;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A folder for all state of one test's system. */
export async function temporaryHome(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "sweepyard-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** What every test's system shares, so that nothing is downloaded once per test. */
export const sharedDownloads = { SWEEPYARD_DATASETS: join(REPOSITORY_ROOT, ".sweepyard/datasets") };
mkdirSync(sharedDownloads.SWEEPYARD_DATASETS, { recursive: true });

/**
 * Command lines of the processes that still hold on to `home`, by environment, arguments or
 * working folder. Linux only; elsewhere none are found.
 */
export async function processesOf(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [arguments_, environment] = await Promise.all([read("cmdline"), read("environ")]);
    if (arguments_.includes(home) || environment.includes(`SWEEPYARD_HOME=${home}`))
      found.push(`${pid}: ${arguments_.replaceAll("\0", " ")}`);
  }
  return found;
}
