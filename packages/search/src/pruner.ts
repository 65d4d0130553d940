import type { CurvePoint, Observation } from "./observation.js";
import type { Goal } from "./sampler.js";

/** The objective of one run over its steps. An `Observation` with `points` is one. */
export interface RunCurve extends Pick<Observation, "number" | "state" | "value" | "excluded"> {
  /** In the order of reporting. A second point at the same step is ignored. */
  readonly points: readonly CurvePoint[];
}

/** What the sweep gives every pruner, beside the pruner's own options. */
export type PruneSettings = Goal;

/** Why a run goes on or stops: short, JSON, stored with a run that is stopped. */
export interface PruneReason {
  readonly pruner: string;
  readonly rule: string;
  readonly [detail: string]: string | number | boolean | null;
}

export interface PruneDecision {
  readonly prune: boolean;
  readonly reason: PruneReason;
}

export interface Pruner {
  /**
   * Whether the run of `curve`, which has just reported its last point, should stop.
   * Same arguments give the same answer on any machine.
   * @param others curves of the sweep's other runs, in any order and state; the run itself
   *   may be among them and is passed over.
   */
  shouldPrune(curve: RunCurve, others: readonly RunCurve[], settings: PruneSettings): PruneDecision;
}
