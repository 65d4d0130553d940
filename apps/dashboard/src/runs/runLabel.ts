import type { RunView } from "@sweepyard/contract";

/**
 * What a run is called where its sweep is known: a sweep's run has the sweep's name and its
 * number for a name, of which only the number tells it from the others.
 */
export const runLabel = (run: Pick<RunView, "sweepId" | "number" | "name">): string =>
  run.sweepId === null ? run.name : `run ${run.number}`;

/** Short where all `runs` are of one sweep, full where the number would not tell them apart. */
export function runLabels(runs: readonly Pick<RunView, "sweepId" | "number" | "name">[]): string[] {
  const sweeps = new Set(runs.map((run) => run.sweepId));
  return runs.map((run) => (sweeps.size > 1 ? run.name : runLabel(run)));
}
