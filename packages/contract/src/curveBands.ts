import { z } from "zod";
import { MetricName, MetricValue } from "./metrics.js";
import { RunState } from "./runState.js";

/** Shares of the runs that lie below each line of a band. */
export const BAND_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Places along x that one answer holds at most; finer curves are thinned to their last value in each. */
export const MOST_CURVE_PLACES = 200;

/** What curves are drawn over: epochs (the steps as reported), or seconds since the run began. */
export const CurveX = z.enum(["epoch", "time"]);
export type CurveX = z.infer<typeof CurveX>;

export const CurveLine = z.object({
  number: z.int(),
  state: RunState,
  objective: MetricValue,
  x: z.array(z.number()),
  values: z.array(MetricValue),
});
export type CurveLine = z.infer<typeof CurveLine>;

/**
 * One metric of a sweep's runs over their steps: how all of them spread at each place, and some as
 * lines. Values have five significant digits; one that is not finite is null in a line and counts
 * in no quantile.
 */
export const CurveBands = z.object({
  metric: MetricName,
  /** Runs of the sweep, and those that fit the filter and have values. */
  total: z.int(),
  measured: z.int(),
  x: z.array(z.number()),
  /** Runs with a finite value at each place of x. */
  counts: z.array(z.int()),
  /** For each of BAND_QUANTILES, a value at each place of x. */
  quantiles: z.array(z.array(MetricValue)),
  /** The best by the objective, those that train, and those asked for; by number. */
  lines: z.array(CurveLine),
});
export type CurveBands = z.infer<typeof CurveBands>;
