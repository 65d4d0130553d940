import { HALTON_DIMENSIONS, haltonUnit } from "./haltonSequence.js";
import { mapSpace } from "./mapSpace.js";
import { drawIndex } from "./observation.js";
import type { Sampler } from "./sampler.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

export interface HaltonOptions {
  /** Random permutations of the digits by the sweep's seed. Without it every sweep gets the same points. */
  readonly scramble: boolean;
}

/**
 * Points of the Halton sequence: the first run gets point 0, dimension k of the space coordinate
 * k. Even for any number of runs, where Sobol's wants a power of two; unscrambled it is poor
 * beyond some ten dimensions. A conditional dimension has its coordinate whether it is active or
 * not. Dimensions beyond the 256th are random. Values of the history don't matter.
 * @see Halton, "On the efficiency of certain quasi-random sequences of points in evaluating
 *   multi-dimensional integrals", Numerische Mathematik 2 (1960)
 */
export function createHaltonSampler({ scramble }: HaltonOptions): Sampler {
  return {
    learns: false,
    ask(space, history, seed) {
      const point = drawIndex(history);
      const nextUnit = createUniform(seed, point);
      const positions = new Map(Object.keys(space).map((name, position) => [name, position]));
      const params = mapSpace(space, (dimension, name) => {
        const position = positions.get(name) ?? HALTON_DIMENSIONS;
        const isKnown = position < HALTON_DIMENSIONS;
        return fromUnit(
          dimension,
          isKnown ? haltonUnit(point, position, scramble ? seed : null) : nextUnit(),
        );
      });
      return { params, reason: { sampler: "halton", point, scramble } };
    },
  };
}
