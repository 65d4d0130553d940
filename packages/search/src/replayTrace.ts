import type { Direction, RunState } from "@sweepyard/contract";
import type { CurvePoint } from "./observation.js";
import type { Pruner } from "./pruner.js";

/** Decisions of a pruner in time order, as recorded from Optuna (fixtures/README.md). */
export interface PrunerTrace {
  readonly direction: string;
  /** Hyperband's brackets depend on it. */
  readonly study_name: string;
  readonly events: readonly TraceEvent[];
}

interface TraceEvent {
  readonly op: string;
  readonly trial: number;
  readonly step?: number;
  /** NaN and the infinities as strings. */
  readonly value?: number | string | null;
  readonly state?: string;
  readonly prune?: boolean;
}

interface TraceRun {
  readonly number: number;
  readonly points: CurvePoint[];
  state: RunState;
  value: number | null;
  rungs: readonly number[];
}

const STATES: Readonly<Record<string, RunState>> = {
  complete: "completed",
  pruned: "pruned",
  fail: "failed",
};

/**
 * Asks `pruner` after every report of `trace`, with the runs as they were at that moment, and keeps
 * what it asks to store.
 */
export function replayTrace(pruner: Pruner, trace: PrunerTrace) {
  const runs = new Map<number, TraceRun>();
  const direction = trace.direction as Direction;
  const expected: boolean[] = [];
  const actual: boolean[] = [];
  let resource: number | undefined;
  for (const { op, trial, step = 0, value, state = "", prune } of trace.events) {
    const run = runs.get(trial) ?? newRun(trial);
    runs.set(trial, run);
    if (op === "report") {
      run.points.push({ step, value: Number(value) });
      expected.push(prune === true);
      const settings = { direction, sweepName: trace.study_name, ...(resource && { resource }) };
      const decision = pruner.shouldPrune(run, [...runs.values()], settings);
      run.rungs = decision.rungs ?? run.rungs;
      resource = decision.resource ?? resource;
      actual.push(decision.prune);
    } else if (op === "end") {
      run.state = STATES[state] ?? run.state;
      run.value = value === undefined || value === null ? null : Number(value);
    }
  }
  return { expected, actual };
}

const newRun = (number: number): TraceRun => ({
  number,
  points: [],
  state: "running",
  value: null,
  rungs: [],
});
