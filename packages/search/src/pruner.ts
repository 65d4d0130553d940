import type { EpochLedger } from "@sweepyard/contract";
import type { CurvePoint, Observation } from "./observation.js";
import type { Goal } from "./sampler.js";

/** The objective of one run over its steps. An `Observation` with `points` is one. */
export interface RunCurve extends Pick<Observation, "number" | "state" | "value" | "excluded"> {
  /** In the order of reporting. A second point at the same step is ignored. */
  readonly points: readonly CurvePoint[];
  /** Its value at each rung it has reached, rung 0 first: `PruneDecision.rungs`, as stored. */
  readonly rungs?: readonly number[];
  /** Steps it will have reported when nothing stops it: the epochs of its plan. */
  readonly steps?: number;
}

/** What the sweep gives every pruner, beside the pruner's own options. */
export interface PruneSettings extends Goal {
  /** Hyperband draws each run's bracket from it and the run's number. */
  readonly sweepName?: string;
  /** `PruneDecision.resource` of an earlier decision of the sweep, as stored. */
  readonly resource?: number;
  /** What a budget in epochs has for the run to go on with; absent: it may (ASHA only). */
  readonly ledger?: EpochLedger;
}

/** Why a run goes on or stops: short, JSON, stored with a run that is stopped or paused. */
export interface PruneReason {
  readonly pruner: string;
  readonly rule: string;
  /** The same in words, with the figures: "its best 0.81 is worse than the median …". */
  readonly why: string;
  readonly [detail: string]: string | number | boolean | null;
}

export interface PruneDecision {
  readonly prune: boolean;
  readonly reason: PruneReason;
  /** The run stops here but may be promoted later: keep its checkpoint (ASHA only). */
  readonly pause?: { readonly rung: number };
  /** The run's values at its rungs after this report: store them, later decisions read them. */
  readonly rungs?: readonly number[];
  /** An "auto" resource, settled for the whole sweep: store it, later decisions read it. */
  readonly resource?: number;
}

/**
 * What a decision reads of the other runs; whatever else may be left out of `others`:
 * - `nothing`
 * - `completed_at_step`: every completed run, with its point at the last step of the asked one
 * - `best_completed`: the best completed run with all its points; of other completed runs
 *   nothing but that they are
 * - `rungs`: every run that has reported, with its `rungs` and its last point
 */
export type CurveNeeds = "nothing" | "completed_at_step" | "best_completed" | "rungs";

export interface Pruner {
  readonly needs: CurveNeeds;
  /**
   * Whether the run of `curve`, which has just reported its last point, should stop.
   * Same arguments give the same answer on any machine.
   * @param others curves of the sweep's other runs, in any order and state; the run itself
   *   may be among them and is passed over.
   */
  shouldPrune(curve: RunCurve, others: readonly RunCurve[], settings: PruneSettings): PruneDecision;
}
