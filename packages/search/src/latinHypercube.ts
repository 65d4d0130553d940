import { mapSpace } from "./mapSpace.js";
import { drawIndex } from "./observation.js";
import type { Sampler } from "./sampler.js";
import { createUniform, hash3 } from "./uniform.js";
import { fromUnit } from "./unit.js";

export interface LatinHypercubeOptions {
  /** Points of one design, best the sweep's budget; the next design begins after them. */
  readonly samples: number;
}

/**
 * Latin hypercube designs: each dimension is cut into `samples` equal strata, and each stratum
 * holds one of the design's points, at random within it. The strata of a conditional dimension
 * are used up by inactive runs too. Values of the history don't matter.
 * @see McKay, Beckman & Conover, "A comparison of three methods for selecting values of input
 *   variables in the analysis of output from a computer code", Technometrics 21 (1979)
 */
export function createLatinHypercubeSampler({ samples }: LatinHypercubeOptions): Sampler {
  return {
    learns: false,
    ask(space, history, seed) {
      const number = drawIndex(history);
      const point = number % samples;
      const design = (number - point) / samples;
      const nextUnit = createUniform(seed, number);
      const positions = new Map(Object.keys(space).map((name, position) => [name, position]));
      const params = mapSpace(space, (dimension, name) => {
        const stratum = shuffledAt(point, samples, hash3(seed, design, positions.get(name) ?? 0));
        return fromUnit(dimension, (stratum + nextUnit()) / samples);
      });
      return { params, reason: { sampler: "latin_hypercube", point, of: samples, design } };
    },
  };
}

/** Element `index` of 0 … length - 1 shuffled by Fisher and Yates. */
function shuffledAt(index: number, length: number, seed: number): number {
  const order = Uint32Array.from({ length }, (_, position) => position);
  const nextUnit = createUniform(seed);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(nextUnit() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order[index] ?? 0;
}
