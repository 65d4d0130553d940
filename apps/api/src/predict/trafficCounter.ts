import { type Baseline, type Id, LATENCY_BUCKETS, type ServedRole } from "@sweepyard/contract";
import {
  addServed,
  type Db,
  dropOldServed,
  type ServedCounts,
  type ServedVersion,
} from "@sweepyard/db";
import type { LoadedModel } from "@sweepyard/engine";
import type { Logger } from "pino";
import { answersOf } from "./answersOf.js";
import { summaryOf, tenthOf } from "./inputSummary.js";

/** A process that dies loses what it has counted since the last time. */
const FLUSH_MS = 5_000;
/** Old hours are looked for about once a day in each process. */
const FLUSHES_A_SWEEP = (24 * 3600 * 1000) / FLUSH_MS;

export interface Served {
  readonly version: ServedVersion;
  readonly role: ServedRole;
  /** The champion that it stood in for or was compared with. */
  readonly against?: ServedVersion;
}

type Tally = { -readonly [K in keyof ServedCounts]: ServedCounts[K] } & {
  readonly modelId: Id;
  latencies: number[];
  classes: number[];
  inputs: number[];
};

/** Counts what versions answer, and adds it to the database every few seconds. */
export class TrafficCounter {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #tallies = new Map<string, Tally>();
  #flushes = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(db: Db, log: Logger) {
    this.#db = db;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** @param baseline of the version's run; inputs are counted by its tenths. */
  answered(
    served: Served,
    ms: number,
    { model, inputs, outputs }: { model: LoadedModel; inputs: Float32Array; outputs: Float32Array },
    baseline: Baseline | null,
  ): void {
    const tally = this.#tally(served);
    const width = model.classNames.length;
    const rows = outputs.length / width;
    tally.requests++;
    tally.rows += rows;
    const bucket = Math.ceil(Math.log(ms / 0.05) / Math.log(1.2));
    increment(tally.latencies, Math.min(LATENCY_BUCKETS - 1, Math.max(0, bucket)));
    if (served.role === "shadow") return;
    if (model.task === "classification")
      for (const label of answersOf(model, outputs)) increment(tally.classes, Number(label));
    if (baseline === null) return;
    const size = inputs.length / rows;
    for (let row = 0; row < rows; row++) {
      const summary = summaryOf(inputs.subarray(row * size, (row + 1) * size));
      let from = 0;
      for (const [at, { edges, counts }] of baseline.inputs.entries()) {
        increment(tally.inputs, from + tenthOf(summary[at] ?? 0, edges));
        from += counts.length;
      }
    }
  }

  failed(served: Served): void {
    const tally = this.#tally(served);
    tally.requests++;
    tally.errors++;
  }

  compared(served: Served, rows: number, agreed: number): void {
    const tally = this.#tally(served);
    tally.compared += rows;
    tally.agreed += agreed;
  }

  /** Adds what was counted to the database; what it does not take is kept for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#add());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #add(): Promise<void> {
    const tallies = this.#tallies;
    this.#tallies = new Map();
    try {
      if (tallies.size > 0) await addServed(this.#db, [...tallies.values()]);
      if (this.#flushes++ % FLUSHES_A_SWEEP === 0) await dropOldServed(this.#db);
    } catch (error) {
      this.#log.warn({ err: error }, "what predictions answered could not be stored now");
      for (const [key, tally] of tallies) {
        const newer = this.#tallies.get(key);
        this.#tallies.set(key, newer === undefined ? tally : sumOf(tally, newer));
      }
    }
  }

  #tally({ version: { modelId, version }, role, against }: Served): Tally {
    const key = `${modelId} ${version} ${role} ${against?.version ?? 0}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const names = { modelId, version, role, against: against?.version ?? 0 };
    const counts = { requests: 0, rows: 0, errors: 0, compared: 0, agreed: 0 };
    const tally = { ...names, ...counts, latencies: [], classes: [], inputs: [] };
    this.#tallies.set(key, tally);
    return tally;
  }
}

/** Arrays grow as far as they are counted in. */
function increment(counts: number[], at: number): void {
  while (counts.length <= at) counts.push(0);
  counts[at] = (counts[at] ?? 0) + 1;
}

function sumOf(a: Tally, b: Tally): Tally {
  const add = (x: readonly number[], y: readonly number[]) =>
    Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) + (y[i] ?? 0));
  return {
    ...a,
    requests: a.requests + b.requests,
    rows: a.rows + b.rows,
    errors: a.errors + b.errors,
    compared: a.compared + b.compared,
    agreed: a.agreed + b.agreed,
    latencies: add(a.latencies, b.latencies),
    classes: add(a.classes, b.classes),
    inputs: add(a.inputs, b.inputs),
  };
}
