import { AppError, type Id, type RunState } from "@sweepyard/contract";
import type { Db } from "./connect.js";

/** The objective of one run over its steps; packages/search calls it a RunCurve. */
export interface PruningCurve {
  readonly runId: Id;
  readonly number: number;
  readonly state: RunState;
  readonly value: number | null;
  readonly excluded: boolean;
  /** Steps count from 0, as pruners count them: epoch 1 is step 0. NaN is kept. */
  readonly points: { readonly step: number; readonly value: number }[];
}

export interface PruningCurves {
  /** Null if the run is not of this sweep. */
  readonly own: PruningCurve | null;
  readonly others: PruningCurve[];
}

/** What a pruner needs to judge `runId`: its own curve and those of the sweep's other runs. */
export async function pruningCurves(db: Db, sweepId: Id, runId: Id): Promise<PruningCurves> {
  throw new AppError("internal", `not there yet ${db} ${sweepId} ${runId}`);
}
