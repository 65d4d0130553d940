import {
  conditionHolds,
  type Dimension,
  type FieldError,
  type Params,
  type ParamValue,
  type Space,
} from "@sweepyard/contract";
import { levelCount, levelOf } from "./levels.js";

/**
 * Everything that is wrong with `params` as a point of `space`: none, if it is one.
 * Paths are dotted and start at `params`, such as `params.learning_rate`.
 */
export function violations(space: Space, params: Params): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (name: string, rule: string, message: string) =>
    errors.push({ path: `params.${name}`, rule, message });
  for (const [name, dimension] of Object.entries(space)) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    const active = conditionHolds(dimension.when, params);
    if (value === undefined) {
      if (active) fail(name, "required", "is missing");
    } else if (!active) {
      const { param, op, value: wanted } = dimension.when ?? {};
      fail(name, "inactive", `only exists where ${param} ${op} ${JSON.stringify(wanted)}`);
    } else {
      const [rule, message] = valueViolation(dimension, value) ?? [];
      if (rule !== undefined) fail(name, rule, `${message}, but is ${JSON.stringify(value)}`);
    }
  }
  for (const name of Object.keys(params))
    if (!Object.hasOwn(space, name)) fail(name, "unknown_dimension", "is not in the space");
  return errors;
}

/** [rule, message] of the first rule that `value` breaks. */
function valueViolation(dimension: Dimension, value: ParamValue): [string, string] | null {
  if (dimension.type === "categorical")
    return levelOf(dimension, value) < 0
      ? ["not_a_choice", `must be one of ${JSON.stringify(dimension.choices)}`]
      : null;
  const { low, high, step } = dimension;
  if (typeof value !== "number" || !Number.isFinite(value))
    return ["not_a_number", "must be a finite number"];
  if (value < low || value > high) return ["out_of_range", `must be from ${low} to ${high}`];
  if (Number.isFinite(levelCount(dimension)) && levelOf(dimension, value) < 0)
    return ["off_step", `must be ${low} plus a multiple of ${step}`];
  return null;
}
