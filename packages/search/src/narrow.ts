import {
  AppError,
  conditionHolds,
  constraintHolds,
  constraintText,
  type Dimension,
  type LinearForm,
  numericEnds,
  type Params,
  type Space,
  slackOf,
  toLinearForm,
} from "@sweepyard/contract";
import { isNumeric, nearestValue, stepsBetween, stepsOf } from "./levels.js";

/** A constraint with the dimension that it is kept with. */
interface Owned {
  readonly owner: string;
  readonly form: LinearForm;
}

/** Spaces are asked about again and again; most have no constraint. */
const known = new WeakMap<Space, readonly Owned[]>();

/** All constraints between the params of `space`. */
export function constraintsOf(space: Space): readonly Owned[] {
  let owned = known.get(space);
  if (owned === undefined) {
    owned = Object.entries(space).flatMap(([owner, { where = [] }]) =>
      where.map((constraint) => ({ owner, form: toLinearForm(constraint, owner) })),
    );
    known.set(space, owned);
  }
  return owned;
}

export const keepsConstraints = (space: Space, params: Params): boolean =>
  constraintsOf(space).every(({ form }) => constraintHolds(form, params));

/**
 * The part of dimension `name` that the constraints leave, given the params chosen so far and
 * the best that later dimensions can do; null if it is empty. What a later dimension can do is
 * left out of account where it may turn out not to exist, so an empty part can still follow.
 */
export function narrow(space: Space, name: string, chosen: Params): Dimension | null {
  const dimension = space[name];
  if (dimension === undefined) return null;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (const { form } of constraintsOf(space)) {
    const coefficient = form.coefficients.get(name) ?? 0;
    if (coefficient === 0) continue;
    const room = roomFor(space, form, name, chosen);
    if (room === null) continue;
    const limit = room / coefficient;
    if (coefficient > 0) high = Math.min(high, limit);
    else low = Math.max(low, limit);
  }
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return dimension;
  return low > high ? null : cut(dimension, low, high);
}

/** What the term of `name` may be at most; null if the constraint may not apply. */
function roomFor(space: Space, form: LinearForm, name: string, chosen: Params): number | null {
  let room = form.bound;
  let size = Math.abs(room);
  for (const [other, coefficient] of form.coefficients) {
    if (other === name || coefficient === 0) continue;
    const dimension = space[other];
    let value = Object.hasOwn(chosen, other) ? chosen[other] : undefined;
    if (value === undefined) {
      if (dimension === undefined || !conditionHolds(dimension.when, chosen)) return null;
      value = numericEnds(dimension)?.[coefficient > 0 ? 0 : 1];
    }
    room -= coefficient * Number(value);
    size = Math.max(size, Math.abs(coefficient * Number(value)));
  }
  return form.strict && Number.isFinite(size) ? room - slackOf(size) : room;
}

/** The values of `dimension` from `low` to `high`; null if there are none. */
function cut(dimension: Dimension, low: number, high: number): Dimension | null {
  const slack = slackOf(Math.max(...[low, high].filter(Number.isFinite).map(Math.abs))) / 2;
  const isInside = (value: unknown) =>
    Number(value) >= low - slack && Number(value) <= high + slack;
  switch (dimension.type) {
    case "constant":
      return isInside(dimension.value) ? dimension : null;
    case "categorical":
    case "ordinal": {
      const choices = dimension.choices.filter(isInside);
      return choices.length === 0 ? null : { ...dimension, choices };
    }
    case "int":
    case "float":
    case "normal":
    case "log_normal": {
      const steps = stepsOf(dimension);
      let [bottom, top] = [Math.max(low, steps.low), Math.min(high, steps.high)];
      if (steps.step !== null) {
        if (bottom > steps.low) bottom = firstStep(steps.low, steps.step, bottom);
        if (top < steps.high) top = lastStep(steps.low, steps.step, top);
      }
      if (bottom > top) return null;
      if (isNumeric(dimension) && dimension.type !== "normal" && dimension.type !== "log_normal")
        return { ...dimension, low: bottom, high: top };
      return {
        ...dimension,
        low: Number.isFinite(bottom) ? bottom : undefined,
        high: Number.isFinite(top) ? top : undefined,
      };
    }
  }
}

/** The first of origin + k * step from `value` on; a dimension without an end counts from 0. */
function firstStep(low: number, step: number, value: number): number {
  const origin = Number.isFinite(low) ? low : 0;
  return tidy(origin + Math.ceil((value - origin) / step - 1e-9) * step);
}

function lastStep(low: number, step: number, value: number): number {
  const origin = Number.isFinite(low) ? low : 0;
  const steps = value >= origin ? stepsBetween(origin, value, step) : 0;
  return tidy(value >= origin ? origin + steps * step : -firstStep(-origin, step, -value));
}

const tidy = (value: number) => Number(value.toPrecision(15));

/** The value of `narrowed` nearest to `value`, which is one of the whole dimension. */
export function settle(narrowed: Dimension, value: Params[string]): Params[string] {
  if (isNumeric(narrowed)) return nearestValue(narrowed, Number(value));
  if (narrowed.type === "constant") return narrowed.value;
  const distance = (choice: unknown) => Math.abs(Number(choice) - Number(value));
  return narrowed.choices.reduce((best, choice) =>
    distance(choice) < distance(best) ? choice : best,
  );
}

export function infeasible(space: Space): AppError {
  const errors = Object.entries(space).flatMap(([name, { where = [] }]) =>
    where.map((constraint, index) => ({
      path: `space.${name}.where.${index}`,
      rule: "infeasible",
      message: `${constraintText(constraint, name)} leaves, with the others, (almost) no point`,
    })),
  );
  return new AppError(
    "invalid_request",
    "no point of the space was found that keeps to all constraints between its params: loosen one of them, or widen a range",
    { errors },
  );
}
