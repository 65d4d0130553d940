import type { GpSpace } from "./gpSpace.js";
import { SOBOL_DIMENSIONS, sobolUnit } from "./sobolSequence.js";
import { hash3 } from "./uniform.js";
import { fromUnit, toUnit } from "./unit.js";

/** Optuna's number of points that an acquisition function is looked at. */
const SAMPLES = 2048;

/** Scrambled Sobol points, in coordinates that are values' own. */
export const samplePoints = (space: GpSpace, seed: number): Float64Array[] =>
  Array.from({ length: SAMPLES }, (_, index) => samplePoint(space, index, seed));

function samplePoint({ axes }: GpSpace, index: number, seed: number): Float64Array {
  return Float64Array.from(axes, ({ dimension, levels }, axis) => {
    const u =
      axis < SOBOL_DIMENSIONS
        ? sobolUnit(index, axis, seed)
        : hash3(seed, index, axis) / 4_294_967_296;
    if (levels !== null) return levels[Math.floor(u * levels.length)] ?? 0;
    return snap(dimension, u);
  });
}

/** The nearest coordinate that is a value's own: a long list of levels is searched as a range. */
export const snap = (dimension: GpSpace["axes"][number]["dimension"], u: number) =>
  toUnit(dimension, fromUnit(dimension, u));
