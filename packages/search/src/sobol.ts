import { mapSpace } from "./mapSpace.js";
import { drawIndex } from "./observation.js";
import type { Sampler } from "./sampler.js";
import { SOBOL_DIMENSIONS, sobolUnit } from "./sobolSequence.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

export interface SobolOptions {
  /** Owen scrambling by the sweep's seed. Without it every sweep gets the same points. */
  readonly scramble: boolean;
}

/**
 * Points of the Sobol sequence: the first run gets point 0, dimension k of the space coordinate k.
 * They fill the space more evenly than random ones, best when the number of runs is a power of
 * two. A conditional dimension has its coordinate whether it is active or not, so that the
 * others stay balanced. Dimensions beyond the 256th are random. Values of the history don't
 * matter.
 */
export function createSobolSampler({ scramble }: SobolOptions): Sampler {
  return {
    learns: false,
    ask(space, history, seed) {
      const point = drawIndex(history);
      const nextUnit = createUniform(seed, point);
      const positions = new Map(Object.keys(space).map((name, position) => [name, position]));
      const params = mapSpace(space, (dimension, name) => {
        const position = positions.get(name) ?? SOBOL_DIMENSIONS;
        const known = position < SOBOL_DIMENSIONS;
        return fromUnit(
          dimension,
          known ? sobolUnit(point, position, scramble ? seed : null) : nextUnit(),
        );
      });
      return { params, reason: { sampler: "sobol", point, scramble } };
    },
  };
}
