import {
  isTerminal,
  type Params,
  type RunObserved,
  type RunState,
  type SweepLogEntry,
  type SweepLogRow,
  type SweepSettings,
  type TerminatorJudgement,
} from "@sweepyard/contract";
import type { Observation } from "./observation.js";
import type { SampleReason } from "./sampleReason.js";
import { violations } from "./violations.js";

type Asked = Extract<SweepLogEntry, { kind: "ask" }>;
type Imported = Extract<SweepLogEntry, { kind: "import" }>;

interface Run {
  readonly plannedEpochs: number;
  /** What the log last said of it; absent: it goes on. */
  seen?: RunObserved;
}

interface Point {
  readonly asked: Asked;
  readonly runs: Map<number, Run>;
}

/**
 * A sweep's history as its log adds up to it. Entries are added in the log's order; what it
 * answers between two of them is what an ask at that place saw.
 */
export class SweepHistory {
  #settings: SweepSettings | undefined;
  #judgement: TerminatorJudgement | undefined;
  #seq = 0;
  readonly #imported: Imported[] = [];
  readonly #enqueued: Params[] = [];
  readonly #points: Point[] = [];
  readonly #pointOfRun = new Map<number, number>();
  #observations: Observation[] = [];
  #liveRuns = 0;
  #unfinishedRuns = 0;
  #endedEpochs = 0;
  #liveEpochs = 0;
  #endedSlotMs = 0;

  /** Of the last entry; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** @throws {TypeError} before the log's first entry. */
  get settings(): SweepSettings {
    if (this.#settings === undefined) throw new TypeError("the sweep's log has no settings yet");
    return this.#settings;
  }

  /** One for each point, by number. Do not keep it: the next entry changes it. */
  get observations(): readonly Observation[] {
    return this.#observations;
  }

  /** What somebody wants tried next; undefined: nothing. */
  get enqueued(): Params | undefined {
    return this.#enqueued[0];
  }

  /** What the terminator found last; undefined: it has judged nothing. */
  get judgement(): TerminatorJudgement | undefined {
    return this.#judgement;
  }

  get nextPoint(): number {
    return this.#points.length + 1;
  }

  /** What the runs so far have used or will. */
  get usage(): SweepUsage {
    return {
      runs: this.#pointOfRun.size,
      epochs: this.#endedEpochs + this.#liveEpochs,
      endedSlotMs: this.#endedSlotMs,
      live: this.#liveRuns,
      unfinished: this.#unfinishedRuns,
    };
  }

  /** Points that the present space has no room for: kept, and kept from the sampler. */
  get masked(): number {
    return this.#points.filter((point) => this.#isOutside(point.asked.params)).length;
  }

  /** @throws {RangeError} if an entry is missing before this one. */
  add({ seq, entry }: Pick<SweepLogRow, "seq" | "entry">): void {
    if (seq !== this.#seq + 1) throw new RangeError(`entry ${seq} follows entry ${this.#seq}`);
    this.#seq = seq;
    switch (entry.kind) {
      case "settings":
        this.#settings = entry;
        // A space that has changed may mask points, or let masked ones back in.
        this.#observations = [
          ...this.#imported.map((run, index) => this.#observeImported(run, index)),
          ...this.#points.map((point) => this.#observe(point)),
        ];
        return;
      case "import":
        if (this.#points.length > 0) throw new RangeError("imports come before the first ask");
        this.#observations.push(this.#observeImported(entry, this.#imported.length));
        this.#imported.push(entry);
        return;
      case "enqueue":
        this.#enqueued.push(entry.params);
        return;
      case "ask":
        this.#addPoint(entry);
        return;
      case "run":
        this.#addRun(entry);
        return;
      case "terminator":
        this.#judgement = entry;
        return;
      case "end":
        return;
    }
  }

  #addPoint(asked: Asked): void {
    if (asked.by === "enqueued") this.#enqueued.shift();
    const runs = new Map<number, Run>();
    for (const { number, epochs } of asked.runs) {
      runs.set(number, { plannedEpochs: epochs });
      this.#pointOfRun.set(number, this.#points.length);
      this.#liveEpochs += epochs;
    }
    this.#liveRuns += runs.size;
    this.#unfinishedRuns += runs.size;
    const point = { asked, runs };
    this.#points.push(point);
    this.#observations.push(this.#observe(point));
  }

  #addRun(seen: RunObserved): void {
    const index = this.#pointOfRun.get(seen.number);
    const point = index === undefined ? undefined : this.#points[index];
    const run = point?.runs.get(seen.number);
    if (index === undefined || point === undefined || run === undefined)
      throw new RangeError(`run ${seen.number} is in no entry before`);
    this.#count(run, -1);
    run.seen = seen;
    this.#count(run, 1);
    this.#observations[this.#imported.length + index] = this.#observe(point);
  }

  #count({ seen, plannedEpochs }: Run, sign: 1 | -1): void {
    const state = seen?.state ?? "running";
    if (seen !== undefined && isTerminal(state)) {
      this.#endedEpochs += sign * seen.epochs;
      this.#endedSlotMs += sign * seen.slotMs;
      return;
    }
    this.#unfinishedRuns += sign;
    this.#liveEpochs += sign * plannedEpochs;
    if (state !== "paused") this.#liveRuns += sign;
  }

  /** A run that waits at a rung has lost it so far, and teaches what a pruned one does. */
  #asSamplersSee(state: RunState): RunState {
    return state === "paused" && this.settings.pruner.name === "asha" ? "pruned" : state;
  }

  #isOutside(params: Params): boolean {
    return violations(this.settings.space, params).length > 0;
  }

  #observeImported({ from, params, state, values, points }: Imported, index: number): Observation {
    return {
      number: index + 1,
      params,
      state,
      value: values[0] ?? null,
      ...(values.length > 1 && { values }),
      reason: { sampler: "warm_start", sweep: from.sweepId, run: from.number },
      points,
      excluded: this.#isOutside(params),
    };
  }

  #observe({ asked, runs }: Point): Observation {
    const { params } = asked;
    // Imported runs come first, so that all have numbers of their own.
    const number = this.#imported.length + asked.point;
    const outcome = outcomeOf([...runs.values()].map(({ seen }) => seen));
    const { values, runValues, constraints, points, excluded } = outcome;
    const state = this.#asSamplersSee(outcome.state);
    return {
      number,
      params,
      state,
      value: values[0] ?? null,
      ...(values.length > 1 && { values }),
      ...(runValues && { runValues }),
      ...(constraints.length > 0 && { constraints }),
      ...(asked.reason !== null && { reason: asked.reason as SampleReason }),
      points,
      excluded: excluded || this.#isOutside(params),
    };
  }
}

type Outcome = Pick<RunObserved, "state" | "values" | "constraints" | "points" | "excluded"> &
  Pick<Observation, "runValues">;

const GOES_ON: Outcome = {
  state: "running",
  values: [],
  constraints: [],
  points: [],
  excluded: false,
};

/** What counts most against a point of which some runs have not completed. */
const WORST_FIRST: readonly RunState[] = ["diverged", "failed", "pruned", "cancelled"];

/**
 * What the runs of one point come to: with several, the mean of their values once all have
 * completed. One that somebody excluded counts as if it had not been, unless all are.
 */
function outcomeOf(seen: readonly (RunObserved | undefined)[]): Outcome {
  const [only] = seen;
  if (seen.length === 1) return only ?? GOES_ON;
  const counted = seen.filter((run) => run?.excluded !== true);
  if (counted.length === 0) return { ...GOES_ON, state: "cancelled", excluded: true };
  const ended = counted.filter((run) => run !== undefined && isTerminal(run.state));
  if (ended.length < counted.length) return GOES_ON;
  const outcomes = ended.flatMap((run) => run ?? []);
  const worst = WORST_FIRST.find((state) => outcomes.some((run) => run.state === state));
  const first = outcomes[0] ?? GOES_ON;
  const meanOf = (rows: readonly (readonly (number | null)[])[], index: number) => {
    const values = rows.map((row) => row[index] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Number.isFinite(mean) ? mean : null;
  };
  return {
    state: worst ?? "completed",
    values:
      worst === undefined
        ? first.values.map((_, index) =>
            meanOf(
              outcomes.map(({ values }) => values),
              index,
            ),
          )
        : [],
    ...(worst === undefined && {
      runValues: seen.map((run) => (run?.excluded ? null : (run?.values[0] ?? null))),
    }),
    // A point keeps to a constraint if each of its runs does.
    constraints: first.constraints.map((_, index) => {
      const past = outcomes.map(({ constraints }) => constraints[index] ?? null);
      return past.includes(null) ? null : Math.max(...past.map(Number));
    }),
    points: [],
    excluded: false,
  };
}

export interface SweepUsage {
  /** Made so far. */
  readonly runs: number;
  /** Trained by ended runs, and planned by the others. */
  readonly epochs: number;
  /** Time that ended runs held a slot. */
  readonly endedSlotMs: number;
  /** Queued or running. */
  readonly live: number;
  /** Not at their end: paused ones too. */
  readonly unfinished: number;
}
