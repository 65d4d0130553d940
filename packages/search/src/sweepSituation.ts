import type {
  Budget,
  Objective,
  Params,
  SamplerConfig,
  Space,
  TrainPlan,
} from "@sweepyard/contract";
import type { Observation } from "./observation.js";
import type { SampleReason } from "./sampler.js";

/** All that `decideRuns` goes by: how a sweep stands, as its rows tell it. */
export interface SweepSituation {
  readonly sweep: {
    /** A TrainPlan with `{"$param": …}` in it. */
    readonly plan: Record<string, unknown>;
    readonly space: Space;
    readonly sampler: SamplerConfig;
    readonly objective: Objective;
    readonly budget: Budget;
    readonly parallelism: number | null;
    readonly seed: number;
  };
  /** Every run of the sweep, by number. */
  readonly history: readonly Observation[];
  /** The number that the first new run gets; the following ones count on from it. */
  readonly nextNumber: number;
  /** Runs that may still be made; null: no bound. */
  readonly remaining: number | null;
  /** Runs of this sweep that are queued or running. */
  readonly active: number;
  /** Slots of all live workers. */
  readonly slots: { readonly total: number };
}

export interface PlannedRun {
  readonly params: Params;
  /** Why the sampler chose these params. */
  readonly reason: SampleReason;
  /** With its seed. */
  readonly plan: TrainPlan;
}

export interface SweepDecision {
  readonly runs: readonly PlannedRun[];
  /** Given when nothing is left to make: the sweep ends once all its runs have. */
  readonly end?: { readonly reason: string };
}
