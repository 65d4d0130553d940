import type { RunView } from "@sweepyard/contract";

type Named = Pick<RunView, "sweepId" | "sweepName" | "number" | "name">;

/**
 * What a run is called where its sweep is known: a sweep's run has the sweep's name and its
 * number for a name, of which only the number tells it from the others.
 */
export const runLabel = (run: Pick<Named, "sweepId" | "number" | "name">): string =>
  run.sweepId === null ? run.name : `run ${run.number}`;

/**
 * Short where all `runs` are of one sweep; across sweeps the sweep's name follows the number, so
 * that a label cut short still tells runs apart.
 */
export function runLabels(runs: readonly Named[]): string[] {
  const sweeps = new Set(runs.map((run) => run.sweepId));
  return runs.map((run) =>
    sweeps.size === 1 || run.sweepName === null
      ? runLabel(run)
      : `${runLabel(run)} · ${run.sweepName}`,
  );
}
