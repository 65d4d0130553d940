import {
  AppError,
  type Budget,
  type Direction,
  type Id,
  type Params,
  type PrunerConfig,
  type RunState,
  type SamplerConfig,
  type Space,
  type TrainPlan,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { Delivery } from "./delivery.js";

/** A run of the sweep as samplers see it; packages/search calls it an Observation. */
export interface HistoryRow {
  readonly number: number;
  readonly params: Params;
  readonly state: RunState;
  /** The objective after the last epoch; null unless finite. */
  readonly value: number | null;
  readonly excluded: boolean;
}

export interface AdvanceInput {
  readonly sweep: {
    readonly id: Id;
    readonly projectId: Id;
    readonly name: string;
    /** A TrainPlan with `{"$param": …}` in it. */
    readonly plan: Record<string, unknown>;
    readonly space: Space;
    readonly sampler: SamplerConfig;
    readonly pruner: PrunerConfig;
    readonly objective: { readonly metric: string; readonly direction: Direction };
    readonly budget: Budget;
    readonly plannedRuns: number | null;
    readonly parallelism: number | null;
    readonly priority: number;
    readonly seed: number;
    readonly createdBy: string;
  };
  /** Every run of the sweep, by number. */
  readonly history: readonly HistoryRow[];
  /** The number that the first new run gets; the following ones count on from it. */
  readonly nextNumber: number;
  /** Runs that may still be made before plannedRuns is reached; null: no bound. */
  readonly remaining: number | null;
  /** Runs of this sweep that are queued or running. */
  readonly active: number;
  /** Of all live workers; `queued` counts the runs of all sweeps that wait. */
  readonly slots: { readonly total: number; readonly busy: number; readonly queued: number };
}

export interface NewRun {
  readonly params: Params;
  /** Why the sampler chose these params. */
  readonly reason: Record<string, unknown> | null;
  /** With its data set's version and its seed pinned. */
  readonly plan: TrainPlan;
  readonly priority?: number;
  readonly name?: string;
}

export interface Decision {
  /** What goes past `remaining` is dropped. */
  readonly runs: readonly NewRun[];
  /** Given when nothing is left to make: the sweep ends once all its runs have. */
  readonly end?: { readonly reason: string };
}

export interface Advanced {
  /** To be enqueued as `run.train`. */
  readonly created: Delivery[];
  /** True if this call ended the sweep. */
  readonly ended: boolean;
}

/**
 * Makes a sweep's next runs in one transaction that holds the sweep's row, so that parallel calls
 * take turns and the budget is never passed. `decide` is synchronous and pure. A sweep that is
 * not running changes nothing, and `decide` is not called.
 */
export async function advanceSweep(
  db: Db,
  sweepId: Id,
  decide: (input: AdvanceInput) => Decision,
): Promise<Advanced> {
  throw new AppError("internal", `not there yet ${db} ${sweepId} ${decide}`);
}
