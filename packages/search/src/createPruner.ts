import type { PbtSamplerConfig, PrunerConfig } from "@sweepyard/contract";
import { createPromotionPruner, createStoppingAshaPruner } from "./asha.js";
import { decisionsOf } from "./decisions.js";
import { createHyperbandPruner } from "./hyperband.js";
import { createLearningCurvePruner } from "./learningCurve.js";
import { createPatientPruner } from "./patient.js";
import { createPbtPruner } from "./pbtPruner.js";
import { createPercentilePruner } from "./percentile.js";
import type { Pruner } from "./pruner.js";
import { createSuccessiveHalvingPruner } from "./successiveHalving.js";
import { createThresholdPruner } from "./threshold.js";
import { createWilcoxonPruner } from "./wilcoxon.js";

const NEVER = decisionsOf("none").keep("never", "nothing is pruned");

/** Lets every run go to its end. */
export const nonePruner: Pruner = { needs: "nothing", shouldPrune: () => NEVER };

/** The pruner that a sweep's configuration names; population based training has one of its own. */
export function createPruner(config: PrunerConfig | PbtSamplerConfig): Pruner {
  switch (config.name) {
    case "pbt":
      return createPbtPruner(config);
    case "none":
      return nonePruner;
    case "median":
      return createPercentilePruner({ ...config, percentile: 50 }, "median");
    case "percentile":
      return createPercentilePruner(config);
    case "patient": {
      const { wrapped_pruner } = config;
      return createPatientPruner(config, wrapped_pruner && createPruner(wrapped_pruner));
    }
    case "threshold":
      return createThresholdPruner(config);
    case "wilcoxon":
      return createWilcoxonPruner(config);
    case "successive_halving":
      return createSuccessiveHalvingPruner(config);
    case "hyperband":
      return createHyperbandPruner(config);
    case "asha":
      return config.mode === "stop"
        ? createStoppingAshaPruner(config)
        : createPromotionPruner(config);
    case "learning_curve":
      return createLearningCurvePruner(config);
  }
}
