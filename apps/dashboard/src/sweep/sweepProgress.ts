import { isTerminal, RunState, type SweepView } from "@sweepyard/contract";

export interface SweepProgress {
  /** Runs in each state that has any, in the order of a run's life. */
  readonly counts: readonly { readonly state: RunState; readonly count: number }[];
  readonly created: number;
  readonly done: number;
  /** Runs there will be in all; null if only the sampler knows. */
  readonly planned: number | null;
  /** Of all planned epochs, those that are done or will not be needed; null if not known. */
  readonly share: number | null;
  readonly elapsedMs: number | null;
  /** At the pace so far; null while it can't be told. */
  readonly leftMs: number | null;
}

/** Below this share of the work, the pace says nothing yet. */
const TOO_EARLY = 0.02;

/** How far a sweep is, and how long it will take at its pace so far. */
export function sweepProgress(sweep: SweepView, now: number): SweepProgress {
  const counts = RunState.options
    .map((state) => ({ state, count: sweep.counts[state] }))
    .filter(({ count }) => count > 0);
  const sum = (wanted: (state: RunState) => boolean) =>
    counts.reduce((total, { state, count }) => total + (wanted(state) ? count : 0), 0);
  const created = sum(() => true);
  const done = sum(isTerminal);
  const planned = sweep.plannedRuns;

  let share: number | null = null;
  if (sweep.state === "completed") share = 1;
  else if (planned !== null && planned > 0 && created > 0) {
    const byRuns = done / planned;
    const byEpochs =
      sweep.epochsPlanned === 0
        ? 0
        : (sweep.epochsDone / sweep.epochsPlanned) * (created / planned);
    // A pruned run ends before its epochs do: the larger of the two is nearer to the truth.
    share = Math.min(1, Math.max(byRuns, byEpochs));
  }

  const elapsedMs =
    sweep.startedAt === null
      ? null
      : (sweep.endedAt === null ? now : Date.parse(sweep.endedAt)) - Date.parse(sweep.startedAt);
  return {
    counts,
    created,
    done,
    planned,
    share,
    elapsedMs,
    leftMs:
      sweep.state === "running" && share !== null && share >= TOO_EARLY && elapsedMs !== null
        ? (elapsedMs * (1 - share)) / share
        : null,
  };
}
