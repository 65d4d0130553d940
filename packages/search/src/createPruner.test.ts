import { PrunerConfig } from "@sweepyard/contract";
import { expect, test } from "vitest";
import type { z } from "zod";
import { createPruner } from "./createPruner.js";
import { describePruner } from "./prunerConformance.js";

const CONFIGS: readonly z.input<typeof PrunerConfig>[] = [
  { name: "none" },
  { name: "median", n_startup_trials: 2 },
  { name: "percentile", percentile: 25, n_startup_trials: 1, n_warmup_steps: 2, interval_steps: 2 },
  { name: "threshold", lower: -1, upper: 1, n_warmup_steps: 1 },
  { name: "wilcoxon", p_threshold: 0.3 },
  { name: "successive_halving" },
  { name: "successive_halving", min_resource: 1, reduction_factor: 2, bootstrap_count: 1 },
  { name: "hyperband" },
  { name: "hyperband", max_resource: 27, min_resource: 2 },
  { name: "asha", mode: "stop" },
  { name: "asha", reduction_factor: 2, min_early_stopping_rate: 1 },
  { name: "learning_curve", n_startup_trials: 1, min_probability: 0.3 },
  { name: "patient", patience: 1 },
  { name: "patient", patience: 1, wrapped_pruner: { name: "median", n_startup_trials: 1 } },
  { name: "patient", patience: 0, wrapped_pruner: { name: "hyperband", max_resource: 9 } },
];
for (const config of CONFIGS)
  describePruner(JSON.stringify(config), createPruner(PrunerConfig.parse(config)));

test.each<[string, unknown]>([
  ["a threshold without a bound", { name: "threshold" }],
  ["bounds the wrong way round", { name: "threshold", lower: 1, upper: 0 }],
  ["a percentile above 100", { name: "percentile", percentile: 101 }],
  ["a bootstrap with an automatic resource", { name: "hyperband", bootstrap_count: 2 }],
  [
    "a range of resources the wrong way round",
    { name: "hyperband", min_resource: 9, max_resource: 3 },
  ],
  ["pausing inside patience", { name: "patient", patience: 1, wrapped_pruner: { name: "asha" } }],
])("%s is refused", (_, config) => {
  expect(PrunerConfig.safeParse(config).success).toBe(false);
});
