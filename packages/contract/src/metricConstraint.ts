import { z } from "zod";
import { MetricName } from "./metrics.js";
import { strictObject } from "./strictObject.js";

/** What a run's final metrics must keep to; one that does not is infeasible, and never the best. */
export const MetricConstraint = strictObject({
  metric: MetricName,
  op: z.enum(["<=", ">="]),
  value: z.number(),
});
export type MetricConstraint = z.infer<typeof MetricConstraint>;

/** How far a metric is past its bound: at most 0 is within it. Null where it was not measured. */
export function pastBound(
  { metric, op, value }: MetricConstraint,
  metrics: Readonly<Record<string, number | null>>,
): number | null {
  const measured = metrics[metric] ?? null;
  if (measured === null) return null;
  return op === "<=" ? measured - value : value - measured;
}
