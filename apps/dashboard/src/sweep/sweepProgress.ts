import { isTerminal, RunState, type SweepView } from "@sweepyard/contract";
import { formatCount, formatCounted } from "../format/formatNumber.js";

export interface SweepProgress {
  /** Runs in each state that has any, in the order of a run's life. */
  readonly counts: readonly { readonly state: RunState; readonly count: number }[];
  readonly created: number;
  readonly done: number;
  /** Runs there will be in all; null if only the sampler knows. */
  readonly planned: number | null;
  /** Epochs of all runs there will be, made yet or not; null if not known, or the sweep ended. */
  readonly epochs: number | null;
  /** Ended before its runs did: then there is no whole that anything is a share of. */
  readonly isCancelled: boolean;
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

  const isOpen = sweep.state === "running" || sweep.state === "paused";
  const epochs = isOpen ? epochsInAll(sweep, created) : null;

  let share: number | null = null;
  if (sweep.state === "completed") share = 1;
  else if (isOpen && planned !== null && planned > 0 && created > 0) {
    const byRuns = done / planned;
    const byEpochs = epochs === null || epochs === 0 ? 0 : sweep.epochsDone / epochs;
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
    epochs,
    isCancelled: sweep.state === "cancelled",
    share,
    elapsedMs,
    leftMs:
      sweep.state === "running" && share !== null && share >= TOO_EARLY && elapsedMs !== null
        ? (elapsedMs * (1 - share)) / share
        : null,
  };
}

/**
 * The view counts the epochs of the runs made so far; a sampler that learns makes the others
 * later. Each of those is taken to train as long as the plan says, or as those made do on average.
 */
function epochsInAll(sweep: SweepView, created: number): number | null {
  if (sweep.plannedRuns === null) return null;
  const toCome = Math.max(0, sweep.plannedRuns - created);
  if (toCome === 0) return sweep.epochsPlanned;
  const { epochs } = sweep.plan;
  const each = typeof epochs === "number" ? epochs : sweep.epochsPlanned / created;
  return Number.isFinite(each) ? Math.round(sweep.epochsPlanned + toCome * each) : null;
}

/** The headline of a sweep that ended before its runs did: "10 runs: 3 completed, 7 cancelled". */
export function endedText({ created, counts }: SweepProgress): string {
  const parts = counts.map(({ state, count }) => `${formatCount(count)} ${state}`).join(", ");
  return parts === "" ? "no runs" : `${formatCounted(created, "run")}: ${parts}`;
}
