import type { PruningLogEntry, PruningLogRow } from "@sweepyard/contract";
import type { CurvePoint, Observation } from "./observation.js";
import type { RunCurve } from "./pruner.js";

type Standing = Pick<
  Extract<PruningLogEntry, { kind: "standing" }>,
  "completed" | "excluded" | "pausedRung" | "value"
>;

/** A run of the sweep as the store has it at last; steps count from 0. */
export interface FinalRun {
  readonly number: number;
  readonly state: string;
  readonly steps: number;
  readonly prunerReason: Readonly<Record<string, unknown>> | null;
  readonly points: readonly CurvePoint[];
}

/** What a decision could see: its place in the log, its transaction and its snapshot. */
export interface Viewer {
  readonly seq: number;
  readonly tx: number;
  readonly saw: string;
}

interface At {
  readonly seq: number;
  readonly tx: number;
}

const NOTHING: Standing = { completed: false, excluded: false, pausedRung: null, value: null };

/** A sweep's runs as they looked to each decision of its pruner, told by its pruning log. */
export class PruningView {
  readonly #runs: ReadonlyMap<number, FinalRun>;
  readonly #standings = new Map<number, (At & Standing)[]>();
  readonly #rungs = new Map<number, (At & { readonly rungs: readonly number[] })[]>();
  readonly #rewinds = new Map<number, Extract<PruningLogEntry, { kind: "rewound" }>[]>();
  readonly #restored: number[] = [];

  constructor(log: readonly PruningLogRow[], runs: readonly FinalRun[]) {
    this.#runs = new Map(runs.map((run) => [run.number, run]));
    for (const row of log) this.#add(row);
  }

  #add({ seq, tx, entry }: PruningLogRow): void {
    switch (entry.kind) {
      case "judged":
        if (entry.decision.rungs !== null)
          push(this.#rungs, entry.number, { seq, tx, rungs: entry.decision.rungs.map(Number) });
        return;
      case "standing":
        push(this.#standings, entry.number, { ...entry, seq, tx });
        if (entry.rungs !== undefined)
          push(this.#rungs, entry.number, { seq, tx, rungs: entry.rungs.map(Number) });
        return;
      case "rewound":
        push(this.#rewinds, entry.number, entry);
        return;
      case "forgotten":
        for (const number of this.#runs.keys()) push(this.#rungs, number, { seq, tx, rungs: [] });
        return;
      case "restored":
        this.#restored.push(seq);
        return;
      case "promoted":
      case "gave_up":
      case "evolved":
        return;
    }
  }

  /** How many steps a run has when nothing stops it. */
  stepsOf(number: number): number {
    return this.#runs.get(number)?.steps ?? 0;
  }

  /** What an attempt had measured up to `step`, whatever later attempts measured again. */
  pointsOf(number: number, attempt: number, step: number): CurvePoint[] {
    const points = new Map<number, number | null>();
    for (const point of this.#runs.get(number)?.points ?? []) points.set(point.step, point.value);
    // The latest first, so that of two that dropped a step the earlier one has the last word.
    const later = (this.#rewinds.get(number) ?? []).filter((rewind) => rewind.attempt > attempt);
    for (const rewind of later.reverse())
      for (const point of rewind.points) points.set(point.step, Number(point.value));
    return [...points]
      .filter(([at]) => at <= step)
      .sort(([a], [b]) => a - b)
      .map(([at, value]) => ({ step: at, value }));
  }

  /** All runs but one, with what pruners may read of them. */
  rivals(viewer: Viewer, number: number): RunCurve[] {
    const sees = this.#sight(viewer);
    return [...this.#runs.values()].flatMap((run): RunCurve[] => {
      if (run.number === number) return [];
      const { completed, excluded, value } = last(this.#standings.get(run.number), sees) ?? NOTHING;
      const rungs = last(this.#rungs.get(run.number), sees)?.rungs ?? [];
      const state: Observation["state"] = completed ? "completed" : "running";
      // Of a run that goes on nothing is read but its rungs.
      const points = completed ? run.points : [];
      return [{ number: run.number, state, value, excluded, points, rungs, steps: run.steps }];
    });
  }

  /** The runs that have reached a rung, those that wait there among them. */
  atRungs(viewer: Viewer) {
    const sees = this.#sight(viewer);
    return [...this.#runs.values()].flatMap(({ number, steps }) => {
      const rungs = last(this.#rungs.get(number), sees)?.rungs ?? [];
      const { excluded, pausedRung } = last(this.#standings.get(number), sees) ?? NOTHING;
      if (rungs.length === 0) return [];
      return [{ number, excluded, rungs, steps, pausedAtRung: pausedRung }];
    });
  }

  /** Whether an entry was committed when the viewer looked, or is its own transaction's. */
  #sight({ seq, tx, saw }: Viewer): (entry: At) => boolean {
    const [xmin = 0, xmax = 0, ...open] = saw.split(/[:,]/).filter(Boolean).map(Number);
    const unfinished = new Set(open);
    const restored = this.#restored.findLast((at) => at < seq) ?? 0;
    return (entry) =>
      entry.seq < seq &&
      (entry.seq < restored ||
        entry.tx === tx ||
        entry.tx < xmin ||
        (entry.tx < xmax && !unfinished.has(entry.tx)));
  }
}

const last = <T extends At>(entries: readonly T[] | undefined, sees: (entry: At) => boolean) =>
  entries?.findLast(sees);

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
