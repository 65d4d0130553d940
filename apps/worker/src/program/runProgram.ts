import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoredFile, TrainerCommand, TrainerEvent } from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import { memoryOf } from "../load/processTable.js";
import { LogTail } from "../logTail.js";
import { filesBelow, fingerprint, restoreFolder, storeFolder } from "./checkpointArchive.js";
import { ProgramOutput } from "./programOutput.js";
import { readLines } from "./readLines.js";
import { StepSender } from "./stepSender.js";

export type RunCommand = Extract<TrainerCommand, { kind: "run" }>;
export type ProgramEnd = Extract<TrainerEvent, { kind: "exited" | "stopped" | "failed" }>;

export interface ProgramDeps {
  readonly store: ArtifactStore;
  readonly signal: AbortSignal;
  send(event: TrainerEvent): void;
}

const LOG_MS = 2_000;
const MEMORY_MS = 250;
/** For output that children of the program still hold open after its end. */
const LAST_WORDS_MS = 2_000;
const FILES_MAX = 1_000;
const MIB = 1_024 * 1_024;

/**
 * One run of a program, as the leader of a process group of its own that is gone when this ends.
 * `send` tells what it prints; `run` resolves to its end.
 */
export class ProgramRun {
  readonly #command: RunCommand;
  readonly #deps: ProgramDeps;
  readonly #output: ProgramOutput;
  readonly #log = new LogTail();
  readonly #steps: StepSender;
  #child: ChildProcess | undefined;
  #limit: { readonly kind: "time" | "memory"; readonly message: string } | undefined;
  /** The checkpoint folder as it was stored last. */
  #stored: { readonly print: string; readonly step: number; readonly file?: StoredFile } = {
    print: "",
    step: 0,
  };
  #storing: Promise<void> = Promise.resolve();

  constructor(command: RunCommand, deps: ProgramDeps) {
    this.#command = command;
    this.#deps = deps;
    this.#output = new ProgramOutput(command.resume?.epoch ?? 0);
    this.#steps = new StepSender((rows) => deps.send({ kind: "steps", rows }));
  }

  /** The last steps sent are stored. */
  acknowledge(): void {
    this.#steps.acknowledge();
  }

  /** Ends the program and all its children now. */
  kill(): void {
    this.#signalGroup("SIGKILL");
  }

  async run(): Promise<ProgramEnd> {
    const { command, signal, send } = { command: this.#command, ...this.#deps };
    await this.#makeFolders();
    const child = spawn(command.program, command.args, {
      cwd: this.#folder("work"),
      env: { ...command.env, TMPDIR: this.#folder("tmp") },
      detached: true, // a group of its own, to be ended as one
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const failure = new Promise<Error>((resolve) => child.once("error", resolve));
    if (child.pid === undefined) return notStarted(command, await failure);
    send({ kind: "running", pid: child.pid });

    const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once("exit", (code, by) => resolve([code, by])),
    );
    const reading = Promise.allSettled([
      this.#hear(child.stdout, true),
      this.#hear(child.stderr, false),
    ]);
    const guards = this.#guard();
    const [code, by] = await exit;
    guards.end();
    this.kill(); // children that it left
    await Promise.race([reading, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await this.#steps.drained();
    await this.#storing;
    await this.#storeCheckpoint(this.#output.lastStep);
    const end: ProgramEnd =
      signal.aborted && this.#limit === undefined
        ? { kind: "stopped" }
        : await this.#conclude(code, by);
    this.#tellLog();
    return end;
  }

  #folder(name: "work" | "checkpoint" | "tmp"): string {
    return join(this.#command.folder, name);
  }

  async #makeFolders(): Promise<void> {
    const { resume } = this.#command;
    for (const name of ["work", "checkpoint", "tmp"] as const)
      await mkdir(this.#folder(name), { recursive: true });
    if (resume === undefined) return;
    try {
      const path = this.#deps.store.path(resume.sha256);
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path)) hash.update(chunk);
      if (hash.digest("hex") !== resume.sha256) throw new Error("its bytes are not those stored");
      await restoreFolder(path, this.#folder("checkpoint"));
      const print = fingerprint(await filesBelow(this.#folder("checkpoint")));
      this.#stored = { print, step: resume.epoch };
    } catch (error) {
      this.#note(`the checkpoint of step ${resume.epoch} is of no use, starting over: ${error}`);
    }
  }

  async #hear(stream: NodeJS.ReadableStream | null, hasMetrics: boolean): Promise<void> {
    if (stream === null) return;
    await readLines(stream as AsyncIterable<Buffer>, async (line) => {
      this.#log.add(line);
      const said = hasMetrics ? this.#output.read(line) : null;
      if (said?.kind === "row") await this.#steps.add(said.row);
      if (said?.kind === "checkpoint")
        this.#storing = this.#storing.then(() => this.#storeCheckpoint(said.step));
    });
  }

  /** Watches over time, memory and the wish to stop, until `end`. */
  #guard(): { end(): void } {
    const { signal } = this.#deps;
    const { timeLimitMs, memoryBytes, stopGraceMs } = this.#command;
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      this.#signalGroup("SIGTERM");
      killTimer ??= setTimeout(() => this.kill(), stopGraceMs);
    };
    const onAbort = () => {
      this.#steps.release();
      stop();
    };
    const pass = (kind: "time" | "memory", message: string) => {
      this.#limit ??= { kind, message };
      stop();
    };
    // setTimeout counts in 32 bits: longer limits are looked at once a day.
    const deadline = performance.now() + timeLimitMs;
    const clock = setInterval(
      () => {
        if (performance.now() >= deadline)
          pass("time", `took longer than ${timeLimitMs / 1000} s, and was ended (time_limit_s)`);
      },
      Math.max(10, Math.min(timeLimitMs / 10, 1_000)),
    );
    const logs = setInterval(() => this.#tellLog(), LOG_MS);
    const weigh = async () => {
      const bytes = await memoryOf(this.#child?.pid ?? 0).catch(() => 0);
      if (memoryBytes !== undefined && bytes > memoryBytes && this.#limit === undefined) {
        this.#limit = {
          kind: "memory",
          message: `took ${Math.ceil(bytes / MIB)} MiB of memory, and ${memoryBytes / MIB} MiB are allowed (memory_mb)`,
        };
        this.kill(); // before it takes the machine's
      }
    };
    const scales =
      memoryBytes === undefined ? undefined : setInterval(() => void weigh(), MEMORY_MS);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    return {
      end() {
        signal.removeEventListener("abort", onAbort);
        clearTimeout(killTimer);
        for (const timer of [clock, logs, scales]) clearInterval(timer);
      },
    };
  }

  /** What it leaves in its working directory is kept where it ended by itself. */
  async #conclude(code: number | null, by: NodeJS.Signals | null): Promise<ProgramEnd> {
    const exited = { kind: "exited" as const, code, signal: by, files: [] };
    if (this.#limit !== undefined)
      return { ...exited, limit: this.#limit.kind, message: this.#limit.message };
    if (code !== 0) return { ...exited, limit: null, message: this.#log.last };
    const found = await filesBelow(this.#folder("work"));
    const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > this.#command.filesBytes || found.length > FILES_MAX)
      return {
        ...exited,
        limit: "files",
        message: `left ${found.length} files of ${Math.ceil(bytes / MIB)} MiB in its working directory, and ${FILES_MAX} files of ${this.#command.filesBytes / MIB} MiB are kept at most (files_mb)`,
      };
    const files = [];
    for (const { name, path } of found)
      files.push({ name, ...(await this.#deps.store.put(createReadStream(path))) });
    return { ...exited, limit: null, message: "", files };
  }

  /** A folder that changes meanwhile is left for the next time: half a checkpoint is none. */
  async #storeCheckpoint(step: number): Promise<void> {
    if (!this.#command.keepsCheckpoints) return;
    try {
      const files = await filesBelow(this.#folder("checkpoint"));
      const print = fingerprint(files);
      if (files.length === 0) return;
      const isSame = print === this.#stored.print;
      // A program that runs ahead of us had written this step when we stored an earlier one.
      const file = isSame
        ? this.#stored.file
        : await storeFolder(this.#deps.store, files, {
            owner: this.#command.runId,
            maxBytes: this.#command.filesBytes,
          });
      if (file === undefined || (isSame && step <= this.#stored.step)) return;
      this.#stored = { print, step, file };
      await this.#steps.drained(); // the steps that it holds come first
      this.#deps.send({ kind: "checkpoint", step, file });
    } catch (error) {
      this.#note(`the checkpoint of step ${step} was not stored: ${error}`);
    }
  }

  #note(text: string): void {
    this.#log.add(`[sweepyard] ${text}`);
  }

  #tellLog(): void {
    const text = this.#log.news();
    if (text !== null) this.#deps.send({ kind: "log", text });
  }

  #signalGroup(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // Nobody of it is left.
    }
  }
}

function notStarted({ program }: RunCommand, error: Error): ProgramEnd {
  const message = `${program} could not be started: ${error.message}`;
  return { kind: "failed", code: "program_not_started", message, retryable: false };
}
