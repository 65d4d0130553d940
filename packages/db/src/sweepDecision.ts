import type {
  Budget,
  EpochLedger,
  Id,
  MetricConstraint,
  Objective,
  SweepLogEntry,
  SweepLogRow,
  SweepTrainer,
  TerminatorConfig,
  TerminatorJudgement,
  TrainPlan,
} from "@sweepyard/contract";

export interface AdvanceInput {
  readonly sweep: {
    readonly id: Id;
    readonly projectId: Id;
    readonly name: string;
    /** A TrainPlan with `{"$param": …}` in it. */
    readonly plan: Record<string, unknown>;
    readonly trainer: SweepTrainer;
    readonly objective: Objective;
    /** All of them, `objective` first. */
    readonly objectives: readonly Objective[];
    readonly constraints: readonly MetricConstraint[];
    readonly repeats: number;
    readonly folds: number | null;
    readonly budget: Budget;
    readonly plannedRuns: number | null;
    readonly target: number | null;
    readonly terminator: TerminatorConfig | null;
    readonly parallelism: number | null;
    readonly priority: number;
    readonly seed: number;
    /** Its runs get them too, so that lists of runs can be filtered by them. */
    readonly tags: readonly string[];
    readonly createdBy: string;
  };
  /** The log after the position that `known` told, or all of it. */
  readonly log: readonly SweepLogRow[];
  readonly fromStart: boolean;
  /** The transaction that this happens in. */
  readonly tx: string;
  /** The number that the first new run gets; the following ones count on from it. */
  readonly nextNumber: number;
  /** Since the sweep was made. */
  readonly elapsedSeconds: number;
  /** Time that runs which still go on have held a slot, all attempts together. */
  readonly liveSlotMs: number;
  /** How a budget in epochs stands; null: there is none, or runs are promised theirs whole. */
  readonly epochLedger: EpochLedger | null;
  /** Of all live workers; `queued` counts the runs of all sweeps that wait. None for an external trainer. */
  readonly slots: { readonly total: number; readonly busy: number; readonly queued: number };
  /** Runs that an external trainer asks for just now. */
  readonly wanted?: number;
}

export interface NewRun {
  /** Null where the trainer follows none. */
  readonly plan: TrainPlan | null;
  readonly seed: number;
  readonly repeat: number | null;
  readonly fold: number | null;
}

export interface NewPoint {
  /** As the log is to tell of it; its runs are numbered on from `nextNumber`. */
  readonly asked: Extract<SweepLogEntry, { kind: "ask" }>;
  readonly runs: readonly NewRun[];
}

export interface Decision {
  /** What the terminator has found just now; it precedes the points in the log. */
  readonly judged?: TerminatorJudgement;
  readonly points: readonly NewPoint[];
  /** Given when nothing is left to make: the sweep ends once all its runs have. */
  readonly end?: { readonly reason: string; readonly cancelQueued: boolean };
  /** Runs that are not at their end, the new ones included. */
  readonly unfinished: number;
}
