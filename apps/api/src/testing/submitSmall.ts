import type { CreateSweep } from "@sweepyard/contract";
import type { z } from "zod";

/** A sweep of two learning rates and two depths over the small data set. */
export const smallSweep = (changes: Record<string, unknown> = {}) =>
  ({
    name: "small",
    plan: {
      data: { dataset: "halves" },
      model: { template: "mlp", depth: { $param: "depth" }, units: [8, 8] },
      optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
      batch_size: 8,
      epochs: 2,
    },
    space: {
      learning_rate: { type: "categorical", choices: [0.01, 0.1] },
      depth: { type: "int", low: 1, high: 2 },
    },
    ...changes,
  }) as z.input<typeof CreateSweep>;

export const smallPlan = {
  data: { dataset: "halves" },
  model: { template: "mlp" as const, depth: 1, units: 8 },
  optimizer: { class_name: "Adam" as const, learning_rate: 0.05 },
  batch_size: 8,
  epochs: 20,
};
