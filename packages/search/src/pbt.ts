import { drawIndex } from "./observation.js";
import { randomSampler } from "./random.js";
import type { Sampler } from "./sampler.js";

/**
 * Population based training: the runs of the first population are random. What makes them evolve
 * while they train is `evolve`; the number of runs is the population's size.
 * @see Jaderberg et al., "Population based training of neural networks" (2017)
 */
export const pbtSampler: Sampler = {
  learns: false,
  ask(space, history, seed) {
    const random = randomSampler.ask(space, history, seed);
    return random && { ...random, reason: { sampler: "pbt", member: drawIndex(history) } };
  },
};
