import {
  conditionHolds,
  constraintHolds,
  constraintText,
  type Dimension,
  type FieldError,
  type Params,
  type ParamValue,
  type Space,
  toLinearForm,
} from "@sweepyard/contract";
import { isNumeric, levelCount, levelOf, nearestValue, stepsOf } from "./levels.js";

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
  for (const [name, { where = [] }] of Object.entries(space))
    for (const constraint of where)
      if (!constraintHolds(toLinearForm(constraint, name), params))
        fail(name, "constraint", `breaks ${constraintText(constraint, name)}`);
  for (const name of Object.keys(params))
    if (!Object.hasOwn(space, name)) fail(name, "unknown_dimension", "is not in the space");
  return errors;
}

/** Whether `value` is one that the dimension may have, by itself. */
export const isValueOf = (dimension: Dimension, value: ParamValue): boolean =>
  valueViolation(dimension, value) === null;

/** [rule, message] of the first rule that `value` breaks. */
function valueViolation(dimension: Dimension, value: ParamValue): [string, string] | null {
  if (!isNumeric(dimension)) {
    if (levelOf(dimension, value) >= 0) return null;
    return dimension.type === "constant"
      ? ["not_the_value", `must be ${JSON.stringify(dimension.value)}`]
      : ["not_a_choice", `must be one of ${JSON.stringify(dimension.choices)}`];
  }
  if (typeof value !== "number" || !Number.isFinite(value))
    return ["not_a_number", "must be a finite number"];
  const { low, high, step } = stepsOf(dimension);
  if (value < low || value > high) return ["out_of_range", `must be ${rangeText(low, high)}`];
  const isOnStep = Number.isFinite(levelCount(dimension))
    ? levelOf(dimension, value) >= 0
    : step === null || Math.abs(nearestValue(dimension, value) - value) <= 1e-9 * step;
  if (isOnStep) return null;
  const origin = dimension.type === "int" || dimension.type === "float" ? `${low} plus ` : "";
  return ["off_step", `must be ${origin}a multiple of ${step}`];
}

function rangeText(low: number, high: number): string {
  if (high === Number.POSITIVE_INFINITY) return `at least ${low}`;
  return low === Number.NEGATIVE_INFINITY ? `at most ${high}` : `from ${low} to ${high}`;
}
