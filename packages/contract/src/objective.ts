import { z } from "zod";
import { MetricName, risesByDefault } from "./metrics.js";
import { strictObject } from "./strictObject.js";

export const Direction = z.enum(["minimize", "maximize"]);
export type Direction = z.infer<typeof Direction>;

const fallsWithoutDirection = (objective: unknown): objective is { metric: string } =>
  typeof objective === "object" &&
  objective !== null &&
  !("direction" in objective) &&
  "metric" in objective &&
  !risesByDefault(String(objective.metric));

/**
 * The metric a sweep searches by: its value after a run's last epoch. Without a direction losses
 * and errors are minimized and all else is maximized. A metric of the report comes only at a run's
 * end, too late for a pruner: they are refused together.
 */
export const Objective = z.preprocess(
  (objective: { metric?: string; direction?: Direction }) =>
    fallsWithoutDirection(objective) ? { ...objective, direction: "minimize" } : objective,
  strictObject({
    metric: MetricName.default("val_accuracy"),
    direction: Direction.default("maximize"),
  }),
);
export type Objective = z.infer<typeof Objective>;
