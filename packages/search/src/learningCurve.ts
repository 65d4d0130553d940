import { bestObservation } from "./best.js";
import { extrapolate } from "./curveEnsemble.js";
import { decisionsOf, dueStep, type Schedule } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { figure, firstReports, lastStep } from "./reports.js";

export interface LearningCurveOptions extends Schedule {
  /** A run that is less likely than this to beat the best one is stopped. */
  readonly min_probability: number;
  /** Completed runs needed before any run is stopped. */
  readonly n_startup_trials: number;
}

/** Fewer say nothing about a curve's bend. */
const REPORTS_MIN = 3;

/**
 * Stops a run whose extrapolated curve is unlikely to end better than the best completed run has.
 * NaN and infinite reports are left out; a run with fewer than 3 others goes on. The end is
 * `curve.steps` reports; where that is not known, as many as the best run has made.
 * @see curveEnsemble.ts for the model
 */
export function createLearningCurvePruner(options: LearningCurveOptions): Pruner {
  const decisions = decisionsOf("learning_curve");
  const { keep, stop } = decisions;
  return {
    needs: "best_completed",
    shouldPrune(curve, others, { direction }) {
      const completed = others.filter(
        ({ number, state, excluded }) =>
          state === "completed" && excluded !== true && number !== curve.number,
      );
      const best = bestObservation(completed, { direction });
      const bar = best?.value;
      if (completed.length < options.n_startup_trials || typeof bar !== "number") {
        const why = `${completed.length} of ${options.n_startup_trials} start-up runs have completed`;
        return keep("startup", why, { completed: completed.length });
      }
      const own = firstReports(curve);
      const step = dueStep(own, options, decisions);
      if (typeof step !== "number") return step;
      const end = curve.steps ?? (lastStep(firstReports(best ?? curve)) ?? 0) + 1;
      if (step + 1 >= end) return keep("at_its_end", "its last step is reported", { step });
      const points = [...own]
        .filter(([, value]) => Number.isFinite(value))
        .sort(([a], [b]) => a - b)
        .map(([at, y]) => ({ x: at + 1, y }));
      if (points.length < REPORTS_MIN)
        return keep("too_few", `only ${points.length} of its reports are numbers`, { step });
      const expected = extrapolate(points, end);
      const below = expected.below(bar);
      const probability = direction === "minimize" ? below : 1 - below;
      const details = { step, probability, expected: expected.mean, best: bar, steps: end };
      const why = `it is expected to end at ${figure(expected.mean)}, and beats the best run's ${figure(bar)} with probability ${figure(probability)}`;
      return probability < options.min_probability
        ? stop("unlikely_to_win", why, details)
        : keep("may_win", why, details);
    },
  };
}
