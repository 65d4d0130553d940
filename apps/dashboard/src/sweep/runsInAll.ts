import type { SweepView } from "@sweepyard/contract";

/** Runs that charts speak of: those made, or while the sweep goes on those it will have. */
export const runsInAll = (sweep: Pick<SweepView, "state" | "plannedRuns">, made: number): number =>
  sweep.state === "running" || sweep.state === "paused"
    ? Math.max(made, sweep.plannedRuns ?? 0)
    : made;
