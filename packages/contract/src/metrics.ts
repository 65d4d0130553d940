import { z } from "zod";

export const MetricName = z.string().min(1).max(128);

/** What an engine reports of each epoch ; val_ where rows validate. */
export const EPOCH_METRICS = ["loss", "accuracy", "val_loss", "val_accuracy"] as const;

/** What a run's report adds, once, at its end. */
export const REPORT_METRICS = [
  "test.loss",
  "test.accuracy",
  "test.precision_macro",
  "test.recall_macro",
  "test.f1_macro",
] as const;

/** A number that JSON can carry: NaN and the infinities become null. */
export const MetricValue = z.number().nullable();

/** Everything measured at one step (epoch) of a run. */
export const MetricRow = z.object({
  step: z.int().min(0),
  at: z.iso.datetime(),
  values: z.record(MetricName, MetricValue),
});
export type MetricRow = z.infer<typeof MetricRow>;

/** One metric of one run as columns; a missing value is null, which a chart draws as a gap. */
export const Curve = z.object({
  runId: z.uuid(),
  metric: MetricName,
  steps: z.array(z.int()),
  values: z.array(MetricValue),
});
export type Curve = z.infer<typeof Curve>;
