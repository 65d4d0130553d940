import { type Id, isTerminal, nextRunState, type RunState } from "@sweepyard/contract";
import type { RunOutcome } from "./finishRun.js";
import type { RunCommand } from "./heartbeat.js";

/** Attempts that may be lost or fail, in the tests that use this model. */
export const MAX_ATTEMPTS = 3;

/** All that the store is to know of a run, as plainly as it can be said. */
export interface RunModel {
  readonly id: Id;
  /** Its only param: where in the sweep's space it lies. */
  readonly x: number;
  state: RunState;
  attempt: number;
  generation: number;
  failures: number;
  epoch: number;
  command: RunCommand | null;
  /** Whether the lease has run out. */
  expired: boolean;
  excluded: boolean;
  /** Epoch of the stored checkpoint: what an attempt goes on from. */
  checkpoint: number;
}

export const newRunModel = (id: Id, x: number): RunModel => ({
  id,
  x,
  state: "queued",
  attempt: 0,
  generation: 1,
  failures: 0,
  epoch: 0,
  command: null,
  expired: false,
  excluded: false,
  checkpoint: 0,
});

function enter(run: RunModel, event: Parameters<typeof nextRunState>[1]): void {
  run.state = nextRunState(run.state, event);
  run.command = null;
  run.expired = false;
  if (run.state === "queued") run.generation += 1;
}

/** @returns whether the claim is granted. */
export function claim(run: RunModel, generation: number): boolean {
  if (generation < run.generation) return false;
  if (run.state !== "queued" && !(run.state === "running" && run.expired)) return false;
  if (run.state === "running") {
    run.failures += 1;
    const { command } = run;
    if (command !== null) {
      enter(run, command);
      return false;
    }
    if (run.failures >= MAX_ATTEMPTS) {
      enter(run, "fail");
      return false;
    }
  }
  enter(run, "claim");
  run.attempt += 1;
  run.epoch = run.checkpoint;
  return true;
}

export const owns = (run: RunModel, attempt: number): boolean =>
  run.state === "running" && run.attempt === attempt;

export function report(run: RunModel, epoch: number): void {
  if (epoch <= run.epoch) return;
  run.epoch = epoch;
  run.checkpoint = epoch;
}

const PLAIN_ENDS = {
  completed: "complete",
  program_completed: "complete",
  pruned: "prune",
  diverged: "diverge",
  cancelled: "cancel",
  paused: "pause",
} as const;

export function finish(run: RunModel, outcome: RunOutcome): void {
  if (outcome.kind === "handed_back") enter(run, run.command ?? "hand_back");
  else if (outcome.kind === "paused_at_rung") enter(run, run.command ?? "pause");
  else if (outcome.kind !== "failed") enter(run, PLAIN_ENDS[outcome.kind]);
  else {
    const isLast = !outcome.retryable || run.failures + 1 >= MAX_ATTEMPTS;
    // Whoever asked for an end gets it, and the failure counts no more.
    const event = isLast ? "fail" : (run.command ?? "hand_back");
    if (event === "fail" || event === "hand_back") run.failures += 1;
    enter(run, event);
  }
}

/** Takes a run back whose lease has run out. */
export function takeBack(run: RunModel): void {
  if (run.state !== "running" || !run.expired) return;
  const event = run.command ?? (run.failures + 1 >= MAX_ATTEMPTS ? "fail" : "hand_back");
  run.failures += 1;
  enter(run, event);
}

/** What a person asks for. @returns false if it is refused */
export function request(run: RunModel, what: "cancel" | "pause" | "resume" | "retry"): boolean {
  if (run.state === "running" && what === "resume" && run.command === "pause") {
    run.command = null;
    return true;
  }
  if (run.state === "running" && what === "pause" && run.command === "cancel") return false;
  if (run.state === "running" && (what === "cancel" || what === "pause")) {
    run.command = what;
    return true;
  }
  try {
    enter(run, what);
  } catch {
    return false;
  }
  if (what === "retry") run.failures = 0;
  return true;
}

/** A sweep's space ends at `high` from now on. @returns how many runs that takes back */
export function narrow(runs: readonly RunModel[], high: number): number {
  const outside = runs.filter(
    ({ state, attempt, x }) =>
      (state === "queued" || state === "paused") && attempt === 0 && x > high,
  );
  for (const run of outside) enter(run, "cancel");
  return outside.length;
}

export const isOver = (run: RunModel): boolean => isTerminal(run.state);
