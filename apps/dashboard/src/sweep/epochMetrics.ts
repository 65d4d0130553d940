import type { RunView } from "@sweepyard/contract";

/** Metrics that are measured every epoch, by what runs have reported; the objective's own first. */
export function epochMetrics(
  runs: readonly Pick<RunView, "metrics">[],
  objective: string,
): string[] {
  const names = new Set<string>();
  for (const run of runs)
    for (const name of Object.keys(run.metrics)) if (!name.startsWith("test.")) names.add(name);
  names.delete(objective);
  return [objective, ...[...names].sort()];
}
