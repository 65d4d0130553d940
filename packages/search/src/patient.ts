import type { Direction } from "@sweepyard/contract";
import { decisionsOf } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { bestOf, figure, firstReports } from "./reports.js";

/** Optuna's names and meanings. */
export interface PatientOptions {
  /** Reports, beside the last one, in which the run may fail to improve. */
  readonly patience: number;
  /** An improvement counts from this much on; not negative. */
  readonly min_delta: number;
}

/**
 * Asks `wrapped` only while the best of the last `patience` + 1 reports is worse, by more than
 * `min_delta`, than the best before them; without a wrapped pruner the run is stopped then. NaN
 * reports are passed over, and with nothing but NaN on either side the run goes on. The same
 * decisions as Optuna 5.0's PatientPruner: reports are counted, whatever their steps.
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.PatientPruner.html
 */
export function createPatientPruner(options: PatientOptions, wrapped: Pruner | null): Pruner {
  const { patience, min_delta } = options;
  const { keep, stop } = decisionsOf("patient");
  return {
    needs: wrapped?.needs ?? "nothing",
    shouldPrune(curve, others, settings) {
      const values = [...firstReports(curve)].sort(([a], [b]) => a - b).map(([, value]) => value);
      if (values.length < patience + 2)
        return keep("too_few", `it has reported ${values.length} times`);
      const earlier = bestOf(values.slice(0, -patience - 1), settings.direction);
      const recent = bestOf(values.slice(-patience - 1), settings.direction);
      const stalls = isWorseBy(min_delta, recent, earlier, settings.direction);
      const why = `the best of its last ${patience + 1} reports, ${figure(recent)}, is ${stalls ? "" : "not "}worse than the best before, ${figure(earlier)}`;
      const details = { earlier, recent, patience };
      if (!stalls) return keep("improving", why, details);
      if (wrapped === null) return stop("no_improvement", why, details);
      const decision = wrapped.shouldPrune(curve, others, settings);
      const { reason } = decision;
      return {
        ...decision,
        reason: { ...reason, patience, wrapped: reason.pruner, pruner: "patient" },
      };
    },
  };
}

const isWorseBy = (delta: number, recent: number, earlier: number, direction: Direction) =>
  direction === "minimize" ? earlier + delta < recent : earlier - delta > recent;
