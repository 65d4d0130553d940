import {
  conditionHolds,
  type Dimension,
  type Params,
  type ParamValue,
  paramKey,
  type Space,
} from "@sweepyard/contract";
import { constraintsOf, infeasible, keepsConstraints, narrow, settle } from "./narrow.js";
import { createUniform, hash3 } from "./uniform.js";
import { fromUnit } from "./unit.js";

/** Random tries before a space counts as infeasible. */
const TRIES = 1000;

type Choose = (dimension: Dimension, name: string) => ParamValue;

/**
 * Chooses a value for each active dimension, in the space's order; the others stay absent.
 * A dimension is active if it has no condition, or if the earlier params satisfy it.
 * Where constraints between params leave a part of a dimension, `choose` is given that part, and
 * what it chooses outside is moved to the nearest value inside: whatever `choose` does, the
 * params keep to the constraints.
 * @throws {AppError} `invalid_request` if no point is found that does.
 */
export function mapSpace(space: Space, choose: Choose): Params {
  if (constraintsOf(space).length === 0) {
    const params: Params = {};
    for (const [name, dimension] of Object.entries(space))
      if (conditionHolds(dimension.when, params)) params[name] = choose(dimension, name);
    return params;
  }
  const first = mapNarrowed(space, choose);
  if (keepsConstraints(space, first)) return first;
  // Earlier choices left nothing for a later dimension: rare, and mended by chance.
  const seed = hashText(paramKey(first));
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const nextUnit = createUniform(seed, attempt);
    const params = mapNarrowed(space, (dimension) => fromUnit(dimension, nextUnit()));
    if (keepsConstraints(space, params)) return params;
  }
  throw infeasible(space);
}

function mapNarrowed(space: Space, choose: Choose): Params {
  const params: Params = {};
  for (const [name, dimension] of Object.entries(space)) {
    if (!conditionHolds(dimension.when, params)) continue;
    const narrowed = narrow(space, name, params) ?? dimension;
    const value = choose(narrowed, name);
    params[name] = narrowed === dimension ? value : settle(narrowed, value);
  }
  return params;
}

/** Names of the dimensions that `params` should have a value for, in the space's order. */
export const activeDimensions = (space: Space, params: Params): string[] =>
  Object.keys(space).filter((name) => conditionHolds(space[name]?.when, params));

const hashText = (text: string): number => {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = hash3(hash, text.charCodeAt(index), 0);
  return hash;
};
