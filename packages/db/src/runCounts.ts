import { type RunCounts, RunState } from "@sweepyard/contract";

/** Every state with its count, 0 where there is none. */
export function toRunCounts(counts: Partial<Record<RunState, number>> | null): RunCounts {
  const entries = RunState.options.map((state) => [state, counts?.[state] ?? 0] as const);
  return Object.fromEntries(entries) as RunCounts;
}
