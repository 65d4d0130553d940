import type { SamplerConfig } from "@sweepyard/contract";
import { gridSampler } from "./grid.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";

/**
 * The sampler that a sweep's configuration names.
 * @param _goal which values are better, for samplers that learn from them; grid and random don't
 */
export function createSampler(config: SamplerConfig, _goal: Goal): Sampler {
  switch (config.name) {
    case "grid":
      return gridSampler;
    case "random":
      return randomSampler;
  }
}
