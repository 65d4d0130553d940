import type { SamplerConfig } from "@sweepyard/contract";
import { createAutoSampler } from "./auto.js";
import { createBohbSampler } from "./bohb.js";
import { createCmaesSampler } from "./cmaes.js";
import { createDehbSampler } from "./dehb.js";
import { createDifferentialEvolutionSampler } from "./differentialEvolution.js";
import { createGpSampler } from "./gp.js";
import { gridSampler } from "./grid.js";
import { createHaltonSampler } from "./halton.js";
import { createLatinHypercubeSampler } from "./latinHypercube.js";
import { createNsgaiiSampler } from "./nsgaii.js";
import { createNsgaiiiSampler } from "./nsgaiii.js";
import { createPartialFixedSampler } from "./partialFixed.js";
import { pbtSampler } from "./pbt.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";
import { createSobolSampler } from "./sobol.js";
import { createTpeSampler } from "./tpe.js";

/**
 * The sampler that a sweep's configuration names.
 * @param goal which values are better, for samplers that learn from them
 */
export function createSampler(config: SamplerConfig, goal: Goal): Sampler {
  switch (config.name) {
    case "cmaes":
      return createCmaesSampler(config, goal);
    case "grid":
      return gridSampler;
    case "halton":
      return createHaltonSampler(config);
    case "random":
      return randomSampler;
    case "sobol":
      return createSobolSampler(config);
    case "latin_hypercube":
      return createLatinHypercubeSampler(config);
    case "tpe":
      return createTpeSampler(config, goal);
    case "gp":
      return createGpSampler(config, goal);
    case "nsgaii":
      return createNsgaiiSampler(config, goal);
    case "nsgaiii":
      return createNsgaiiiSampler(config, goal);
    case "de":
      return createDifferentialEvolutionSampler(config, goal);
    case "dehb":
      return createDehbSampler(config, goal);
    case "pbt":
      return pbtSampler;
    case "bohb":
      return createBohbSampler(config, goal);
    case "auto":
      return createAutoSampler(config, goal, createSampler);
    case "partial_fixed":
      return createPartialFixedSampler(config.params, createSampler(config.sampler, goal));
  }
}
