import { mapSpace } from "./mapSpace.js";
import { drawIndex } from "./observation.js";
import type { Sampler } from "./sampler.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

/**
 * Independent uniform draws (log-uniform where the dimension says so) for each active dimension.
 * The history only tells which draw is due; its values don't matter.
 * @see Bergstra & Bengio, "Random search for hyper-parameter optimization", JMLR 13 (2012)
 */
export const randomSampler: Sampler = {
  learns: false,
  ask(space, history, seed) {
    const draw = drawIndex(history);
    const nextUnit = createUniform(seed, draw);
    const params = mapSpace(space, (dimension) => fromUnit(dimension, nextUnit()));
    return { params, reason: { sampler: "random", draw } };
  },
};
