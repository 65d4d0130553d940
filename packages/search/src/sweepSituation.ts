import type {
  Budget,
  EpochLedger,
  Objective,
  SweepLogEntry,
  SweepTrainer,
  TerminatorConfig,
  TerminatorJudgement,
  TrainPlan,
} from "@sweepyard/contract";

/** What `decideRuns` goes by beside the history. */
export interface SweepSituation {
  readonly sweep: {
    /** A TrainPlan with `{"$param": …}` in it. */
    readonly plan: Record<string, unknown>;
    readonly trainer: SweepTrainer;
    readonly objective: Objective;
    /** All of them, `objective` first. */
    readonly objectives: readonly Objective[];
    /** Runs of each point. */
    readonly repeats: number;
    readonly folds: number | null;
    readonly budget: Budget;
    /** Runs that will be made in all; null: nobody knows yet. */
    readonly plannedRuns: number | null;
    readonly target: number | null;
    readonly terminator: TerminatorConfig | null;
    readonly parallelism: number | null;
    readonly seed: number;
  };
  /** The number that the first new run gets; the following ones count on from it. */
  readonly nextNumber: number;
  /** Since the sweep was made. */
  readonly elapsedSeconds: number;
  /** Time that runs which still go on have held a slot, all attempts together. */
  readonly liveSlotMs: number;
  /** How a budget in epochs stands; null: there is none, or runs are promised theirs whole. */
  readonly epochLedger: EpochLedger | null;
  /** Slots of all live workers. */
  readonly slots: { readonly total: number };
  /** Runs that somebody asks for just now; absent: as many as there is room for. */
  readonly wanted?: number;
}

export interface PlannedRun {
  /** With its seed; null where the trainer follows none. */
  readonly plan: TrainPlan | null;
  readonly seed: number;
  /** Which repetition of its point it is, from 1; null where there is but one. */
  readonly repeat: number | null;
  /** Which fold validates, from 0. */
  readonly fold: number | null;
}

/** A point to try, as the log tells of it, and its runs. */
export interface PlannedPoint {
  readonly asked: Extract<SweepLogEntry, { kind: "ask" }>;
  readonly runs: readonly PlannedRun[];
}

export interface SweepDecision {
  /** What the terminator has found just now, for the log; before the points. */
  readonly judged?: TerminatorJudgement;
  readonly points: readonly PlannedPoint[];
  /** Given when nothing is left to make: the sweep ends once all its runs have. */
  readonly end?: {
    readonly reason: string;
    /** Whether runs that wait are not to begin any more. */
    readonly cancelQueued: boolean;
  };
}
