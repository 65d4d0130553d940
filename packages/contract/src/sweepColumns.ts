import { z } from "zod";
import { MetricName, MetricValue } from "./metrics.js";
import { ParamValue } from "./paramValue.js";

/** Runs that one answer holds at most; of a larger sweep it holds the best and a share of the others. */
export const MOST_COLUMN_RUNS = 20_000;

/** A param of all runs: numbers as they are, anything else by its place among the `choices`. */
export const ParamColumn = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("numbers"), values: z.array(MetricValue) }),
  z.object({
    kind: z.literal("choices"),
    choices: z.array(ParamValue),
    at: z.array(z.int().nullable()),
  }),
]);
export type ParamColumn = z.infer<typeof ParamColumn>;

/**
 * All of a sweep's runs as columns, for charts that count every run. Entry i of each column is the
 * same run, by number. Measured values have five significant digits, and null where there is none.
 */
export const SweepColumns = z.object({
  /** Runs of the sweep. All of them are here unless there are more than `MOST_COLUMN_RUNS`. */
  total: z.int(),
  /** Each run's number less that of the run before, the first one's less 0. */
  numbers: z.array(z.int()),
  /** Places in RunState's options. */
  states: z.array(z.int()),
  objectives: z.array(MetricValue),
  epochs: z.array(z.int()),
  /** Numbers of the runs that somebody excluded. */
  excluded: z.array(z.int()),
  params: z.record(z.string(), ParamColumn),
  /** Last values of the sweep's other objectives, where it has several. */
  metrics: z.record(MetricName, z.array(MetricValue)),
});
export type SweepColumns = z.infer<typeof SweepColumns>;
