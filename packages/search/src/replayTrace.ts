import type { Direction, RunState } from "@sweepyard/contract";
import type { CurvePoint } from "./observation.js";
import type { Pruner } from "./pruner.js";

/** Decisions of a pruner in time order, as recorded from Optuna (fixtures/README.md). */
export interface PrunerTrace {
  readonly direction: string;
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
}

const STATES: Readonly<Record<string, RunState>> = {
  complete: "completed",
  pruned: "pruned",
  fail: "failed",
};

/** Asks `pruner` after every report of `trace`, with the runs as they were at that moment. */
export function replayTrace(pruner: Pruner, trace: PrunerTrace) {
  const runs = new Map<number, TraceRun>();
  const direction = trace.direction as Direction;
  const expected: boolean[] = [];
  const actual: boolean[] = [];
  for (const { op, trial, step = 0, value, state = "", prune } of trace.events) {
    const run = runs.get(trial) ?? { number: trial, points: [], state: "running", value: null };
    runs.set(trial, run);
    if (op === "report") {
      run.points.push({ step, value: Number(value) });
      expected.push(prune === true);
      actual.push(pruner.shouldPrune(run, [...runs.values()], { direction }).prune);
    } else if (op === "end") {
      run.state = STATES[state] ?? run.state;
      run.value = value === undefined || value === null ? null : Number(value);
    }
  }
  return { expected, actual };
}
