import type { LearningRateSchedule } from "@sweepyard/contract";
import { cosineDecay } from "./cosineDecay.js";
import { cosineDecayRestarts } from "./cosineDecayRestarts.js";
import { exponentialDecay, inverseTimeDecay } from "./exponentialDecay.js";
import { oneCycle } from "./oneCycle.js";
import { piecewiseConstantDecay } from "./piecewiseConstantDecay.js";
import { polynomialDecay } from "./polynomialDecay.js";
import type { Schedule } from "./schedule.js";

/**
 * @param totalSteps of the whole run: what a schedule lasts that says no length of its own.
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export function createSchedule(config: LearningRateSchedule, totalSteps: number): Schedule {
  switch (config.class_name) {
    case "ExponentialDecay":
      return exponentialDecay(config);
    case "InverseTimeDecay":
      return inverseTimeDecay(config);
    case "PiecewiseConstantDecay":
      return piecewiseConstantDecay(config);
    case "PolynomialDecay":
      return polynomialDecay(config, totalSteps);
    case "CosineDecay":
      return cosineDecay(config, totalSteps);
    case "CosineDecayRestarts":
      return cosineDecayRestarts(config);
    case "OneCycle":
      return oneCycle(config, totalSteps);
  }
}
