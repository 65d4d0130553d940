import { conditionHolds } from "./condition.js";
import { constraintHolds, toLinearForm } from "./paramConstraint.js";
import type { Params } from "./paramValue.js";
import { probeValues, type Space } from "./space.js";

/**
 * Points to try a plan at: the first value of every dimension, then each other end of each
 * dimension in turn; none at which a constraint between params is broken.
 */
export function* probePoints(space: Space): Generator<Params> {
  const build = (changed?: string, value?: Params[string]): Params => {
    const params: Params = {};
    for (const [name, dimension] of Object.entries(space)) {
      if (!conditionHolds(dimension.when, params)) continue;
      params[name] = name === changed ? (value ?? null) : (probeValues(dimension)[0] ?? null);
    }
    return params;
  };
  const forms = Object.entries(space).flatMap(([name, { where = [] }]) =>
    where.map((constraint) => toLinearForm(constraint, name)),
  );
  const isAllowed = (params: Params) => forms.every((form) => constraintHolds(form, params));
  const points = [build()];
  for (const [name, dimension] of Object.entries(space))
    for (const value of probeValues(dimension).slice(1)) points.push(build(name, value));
  yield* points.filter(isAllowed);
}
