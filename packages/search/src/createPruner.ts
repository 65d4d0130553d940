import type { PrunerConfig } from "@sweepyard/contract";
import { createPercentilePruner } from "./percentile.js";
import type { Pruner } from "./pruner.js";

/** Lets every run go to its end. */
export const nonePruner: Pruner = {
  shouldPrune: () => ({ prune: false, reason: { pruner: "none", rule: "never" } }),
};

/** The pruner that a sweep's configuration names. */
export function createPruner(config: PrunerConfig): Pruner {
  switch (config.name) {
    case "none":
      return nonePruner;
    case "median":
      return createPercentilePruner({ ...config, percentile: 50 }, "median");
  }
}
