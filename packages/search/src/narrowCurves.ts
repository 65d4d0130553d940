import type { Direction } from "@sweepyard/contract";
import { bestObservation } from "./best.js";
import type { CurveNeeds, RunCurve } from "./pruner.js";
import { firstReports, lastStep } from "./reports.js";

/**
 * Leaves of `others` what a pruner with these needs reads to judge `curve`. A store can answer
 * with as little; the decision is the same.
 */
export function narrowCurves(
  needs: CurveNeeds,
  curve: RunCurve,
  others: readonly RunCurve[],
  direction: Direction,
): RunCurve[] {
  const rivals = others.filter(({ number }) => number !== curve.number);
  const completed = rivals.filter(({ state, excluded }) => state === "completed" && !excluded);
  switch (needs) {
    case "nothing":
      return [];
    case "completed_at_step": {
      const step = lastStep(firstReports(curve));
      return completed.map((run) => onlyAt(run, step));
    }
    case "best_completed": {
      const best = bestObservation(completed, { direction });
      return completed.map((run) => (run === best ? run : { ...run, points: [] }));
    }
    case "rungs":
      return rivals.map((run) => onlyAt(run, lastStep(firstReports(run))));
  }
}

function onlyAt(run: RunCurve, step: number | null): RunCurve {
  const point = run.points.find((each) => each.step === step);
  return { ...run, points: point === undefined ? [] : [point] };
}
