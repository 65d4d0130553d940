import type { LiveEvent, RunState, RunView, SweepView } from "@sweepyard/contract";
import { formatDuration, formatFigure } from "../format/figures.js";
import { formatParams } from "../format/params.js";
import { endedRuns } from "../format/sweepText.js";

/** What is known of a sweep while it is watched. */
export interface SweepWatch {
  readonly sweep: SweepView;
  /** Those that train, by id. */
  readonly running: ReadonlyMap<string, RunView>;
  /** Last known state of each run heard of, so that a change is told once. */
  readonly states: ReadonlyMap<string, RunState>;
}

export const startSweepWatch = (sweep: SweepView, running: readonly RunView[]): SweepWatch => ({
  sweep,
  running: new Map(running.map((run) => [run.id, run])),
  states: new Map(running.map((run) => [run.id, run.state])),
});

/** A fetched state of things; what was heard of runs that have ended meanwhile is kept. */
export const reloadSweepWatch = (
  watch: SweepWatch,
  sweep: SweepView,
  running: readonly RunView[],
): SweepWatch => {
  const fresh = startSweepWatch(sweep, running);
  return { ...fresh, states: new Map([...watch.states, ...fresh.states]) };
};

export const isSweepOver = ({ sweep }: SweepWatch): boolean =>
  sweep.state === "completed" || sweep.state === "cancelled";

export interface AppliedEvent {
  readonly watch: SweepWatch;
  /** What changed in a run, for a person. */
  readonly line: string | null;
  /** True: the sweep's counts have changed in a way that the event does not tell. */
  readonly isPartial: boolean;
}

export function applyToSweepWatch(watch: SweepWatch, event: LiveEvent): AppliedEvent {
  const nothing = { watch, line: null, isPartial: false };
  if (event.type === "sweep.changed")
    return event.sweep.id === watch.sweep.id
      ? { ...nothing, watch: { ...watch, sweep: event.sweep } }
      : nothing;
  if (event.type === "run.epoch") return { ...nothing, watch: withEpoch(watch, event) };
  if (event.type !== "run.changed" || event.run.sweepId !== watch.sweep.id) return nothing;

  const { run } = event;
  const running = new Map(watch.running);
  if (run.state === "running") running.set(run.id, run);
  else running.delete(run.id);
  const next = { ...watch, running, states: new Map(watch.states).set(run.id, run.state) };
  const isChange = watch.states.get(run.id) !== run.state;
  return { watch: next, line: isChange ? tellChange(run, watch.sweep) : null, isPartial: isChange };
}

function withEpoch(
  watch: SweepWatch,
  event: Extract<LiveEvent, { type: "run.epoch" }>,
): SweepWatch {
  const run = watch.running.get(event.runId);
  if (run === undefined || event.row.step < run.epoch) return watch;
  const objective = event.objective ?? run.objective;
  const newer = { ...run, epoch: event.row.step, objective };
  return { ...watch, running: new Map(watch.running).set(run.id, newer) };
}

/** Null for what a person need not be told. */
function tellChange(run: RunView, sweep: SweepView): string | null {
  const name = `#${run.number} ${formatParams(run.params)}`;
  switch (run.state) {
    case "queued":
      return null;
    case "running":
      return `${name} training${run.attempt > 1 ? `, attempt ${run.attempt}` : ""}`;
    case "completed":
      return `${name} completed: ${sweep.objective.metric} ${formatFigure(run.objective)}, ${formatDuration(run.trainMs)}`;
    case "paused":
    case "pruned":
    case "diverged":
    case "failed":
    case "cancelled":
      return `${name} ${run.state}${reasonOf(run)}`;
  }
}

function reasonOf({ error, stateReason }: RunView): string {
  const reason = error?.message ?? stateReason;
  return reason === null ? "" : `: ${reason}`;
}

/**
 * The done share of a sweep, 0 to 1; null if it is not known how many runs there will be. Counted
 * in runs and parts of runs, since a pruned run never trains all its epochs.
 */
export function shareDone({ sweep, running }: SweepWatch): number | null {
  if (sweep.state === "completed") return 1;
  if (sweep.plannedRuns === null || sweep.plannedRuns === 0) return null;
  let done = endedRuns(sweep.counts);
  for (const run of running.values()) done += run.epochs > 0 ? run.epoch / run.epochs : 0;
  return Math.min(1, done / sweep.plannedRuns);
}

export interface Pace {
  readonly atMs: number;
  readonly share: number;
}

/**
 * Time left at the pace since `first`; null before anything can be told. A pause that lies before
 * `first` does not count.
 */
export function timeLeftMs(first: Pace | null, now: Pace): number | null {
  if (first === null || now.share <= first.share || now.atMs <= first.atMs) return null;
  return ((now.atMs - first.atMs) * (1 - now.share)) / (now.share - first.share);
}
