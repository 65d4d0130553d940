import type { Direction, Params, PrunerConfig, RunState } from "@sweepyard/contract";
import { createPruner } from "../createPruner.js";
import { narrowCurves } from "../narrowCurves.js";
import type { CurvePoint, Observation } from "../observation.js";
import type { RunCurve } from "../pruner.js";

interface Setting {
  readonly pruner: PrunerConfig;
  readonly direction: Direction;
  /** Hyperband's brackets depend on it. */
  readonly name: string;
}

/** A run of the study; `points` grows while it goes on. */
interface StudyRun extends RunCurve, Observation {
  readonly points: CurvePoint[];
  state: RunState;
  value: number | null;
  rungs: readonly number[];
}

/** Runs that report one after the other, none beside another, under one pruner. */
export function createPrunedStudy({ pruner: config, direction, name }: Setting) {
  const pruner = createPruner(config);
  const runs: StudyRun[] = [];
  let resource: number | undefined;
  return {
    runs,
    /**
     * Reports `values` one by one, with their steps, until the pruner says stop.
     * @returns the finished run, `pruned` or `completed` with its last value
     */
    run(values: Iterable<CurvePoint>, params: Params = {}): StudyRun {
      const run: StudyRun = {
        number: runs.length,
        params,
        points: [],
        state: "running",
        value: null,
        rungs: [],
      };
      runs.push(run);
      for (const point of values) {
        run.points.push(point);
        const others = narrowCurves(pruner.needs, run, runs, direction);
        const settings = { direction, sweepName: name, ...(resource && { resource }) };
        const decision = pruner.shouldPrune(run, others, settings);
        run.rungs = decision.rungs ?? run.rungs;
        resource = decision.resource ?? resource;
        run.value = point.value;
        if (decision.prune) {
          run.state = "pruned";
          return run;
        }
      }
      run.state = "completed";
      return run;
    },
  };
}
