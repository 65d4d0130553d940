import {
  type AttemptSample,
  type Db,
  type OwnedRun as RunAttempt,
  recordAttemptLoad,
  recordWorkerLoad,
} from "@sweepyard/db";
import type { Logger } from "pino";
import { repeat } from "../repeat.js";
import { type Load, LoadMeter } from "./loadMeter.js";
import { readProcesses } from "./processTable.js";

const LOOK_MS = 2_000;
const WORKER_SAMPLE_MS = 15_000;
/** An attempt has about this many samples for each doubling of its time, after the first ones. */
const SAMPLES = 120;

export interface LoadRecorderOptions {
  readonly db: Db;
  readonly workerId: string;
  readonly logger: Logger;
  /** Between two samples of the whole worker. */
  readonly workerSampleMs?: number;
}

interface Attended {
  readonly run: RunAttempt;
  /** Of the trainer; it may be another one after a crash. */
  readonly pid: () => number | undefined;
  readonly since: number;
  readonly mean: MeanLoad;
}

/**
 * Keeps what this worker and each of its trainers take of the machine. Losing samples is no harm,
 * so nothing waits for them to be stored and a failure is only logged.
 */
export class LoadRecorder {
  readonly #options: LoadRecorderOptions;
  readonly #meter = new LoadMeter();
  readonly #attended = new Set<Attended>();
  readonly #worker = new MeanLoad(performance.now());
  readonly #looks = repeat(LOOK_MS, () => this.#look());

  constructor(options: LoadRecorderOptions) {
    this.#options = options;
  }

  /** Samples the trainer from now on for this attempt. @returns ends that. */
  attend(run: RunAttempt, pid: () => number | undefined): () => void {
    const since = performance.now();
    const attended = { run, pid, since, mean: new MeanLoad(since) };
    this.#attended.add(attended);
    return () => this.#attended.delete(attended);
  }

  stop(): void {
    this.#looks.stop();
  }

  async #look(): Promise<void> {
    const { db, workerId, logger, workerSampleMs = WORKER_SAMPLE_MS } = this.#options;
    try {
      const attended = [...this.#attended];
      const leaders = [process.pid, ...attended.map(({ pid }) => pid() ?? 0)];
      const processes = await readProcesses();
      const now = performance.now();
      const [worker, ...trainers] = this.#meter.look(processes, leaders, now);
      if (worker !== undefined) this.#worker.add(worker, now);
      const samples: AttemptSample[] = [];
      for (const [index, { run, since, mean }] of attended.entries()) {
        const load = trainers[index];
        if (load === undefined || leaders[index + 1] === 0) continue;
        mean.add(load, now);
        // A look comes a little early or late: half of one is no reason to wait for the next.
        const dueMs = Math.max(LOOK_MS, (now - since) / SAMPLES) - LOOK_MS / 2;
        if (mean.spanMs >= dueMs) samples.push({ ...run, at: new Date(), ...mean.take() });
      }
      await recordAttemptLoad(db, samples);
      if (this.#worker.spanMs >= workerSampleMs) {
        const sample = { workerId, at: new Date(), busy: attended.length };
        await recordWorkerLoad(db, { ...sample, ...this.#worker.take() });
      }
    } catch (error) {
      logger.debug({ error: String(error) }, "a sample of the load is lost");
    }
  }
}

/** Adds looks up to a sample: the mean CPU by time, and the most memory. */
class MeanLoad {
  #from: number;
  #to: number;
  #coreMs = 0;
  #memoryBytes = 0;

  constructor(at: number) {
    this.#from = at;
    this.#to = at;
  }

  get spanMs(): number {
    return this.#to - this.#from;
  }

  add({ cpuCores, memoryBytes }: Load, at: number): void {
    this.#coreMs += cpuCores * (at - this.#to);
    this.#memoryBytes = Math.max(this.#memoryBytes, memoryBytes);
    this.#to = at;
  }

  /** The sample, after which it begins anew. */
  take(): Load {
    const sample = { cpuCores: this.#coreMs / this.spanMs, memoryBytes: this.#memoryBytes };
    this.#from = this.#to;
    this.#coreMs = 0;
    this.#memoryBytes = 0;
    return sample;
  }
}
