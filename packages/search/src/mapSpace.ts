import {
  conditionHolds,
  type Dimension,
  type Params,
  type ParamValue,
  type Space,
} from "@sweepyard/contract";

/**
 * Chooses a value for each active dimension, in the space's order; the others stay absent.
 * A dimension is active if it has no condition, or if the earlier params satisfy it.
 */
export function mapSpace(
  space: Space,
  choose: (dimension: Dimension, name: string) => ParamValue,
): Params {
  const params: Params = {};
  for (const [name, dimension] of Object.entries(space))
    if (conditionHolds(dimension.when, params)) params[name] = choose(dimension, name);
  return params;
}

/** Names of the dimensions that `params` should have a value for, in the space's order. */
export const activeDimensions = (space: Space, params: Params): string[] =>
  Object.keys(space).filter((name) => conditionHolds(space[name]?.when, params));
