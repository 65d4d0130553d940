import { z } from "zod";
import type { Params } from "./paramValue.js";
import { strictObject } from "./strictObject.js";

/** A number, a dimension's name, or a weighted sum such as {"units_1": 1, "units_2": 2}. */
const Side = z.union([z.number(), z.string(), z.record(z.string(), z.number())]);

/**
 * A linear inequality between params, kept with the last dimension that it names; `left` is by
 * default that dimension itself. It holds where one of its params is absent. A sum is compared
 * to nine digits, as sums of decimal fractions are not exact.
 */
export const ParamConstraint = strictObject({
  left: Side.optional(),
  op: z.enum(["<=", "<", ">=", ">"]),
  right: Side,
});
export type ParamConstraint = z.infer<typeof ParamConstraint>;

/** The constraint as: the sum of coefficient × param is at most (`strict`: below) `bound`. */
export interface LinearForm {
  readonly coefficients: ReadonlyMap<string, number>;
  readonly bound: number;
  readonly strict: boolean;
}

/** @param owner name of the dimension that the constraint is kept with */
export function toLinearForm({ left = "", op, right }: ParamConstraint, owner: string): LinearForm {
  const coefficients = new Map<string, number>();
  let bound = 0;
  const sign = op === "<=" || op === "<" ? 1 : -1;
  const add = (side: z.infer<typeof Side>, factor: number) => {
    if (typeof side === "number") bound -= factor * side;
    else
      for (const [name, weight] of typeof side === "string"
        ? [[side, 1] as const]
        : Object.entries(side))
        coefficients.set(name, (coefficients.get(name) ?? 0) + factor * weight);
  };
  add(left === "" ? owner : left, sign);
  add(right, -sign);
  return { coefficients, bound: bound + 0, strict: op === "<" || op === ">" };
}

/** How much a sum of such a size may miss its bound by. */
export const slackOf = (size: number): number => 1e-9 * Math.max(1, Math.abs(size));

/** Whether `params` keep to the constraint; params that are no numbers do not. */
export function constraintHolds(form: LinearForm, params: Params): boolean {
  let sum = 0;
  let size = Math.abs(form.bound);
  for (const [name, coefficient] of form.coefficients) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return true;
    if (typeof value !== "number") return false;
    sum += coefficient * value;
    size = Math.max(size, Math.abs(coefficient * value));
  }
  return form.strict ? sum < form.bound - slackOf(size) / 2 : sum <= form.bound + slackOf(size);
}

/** `units_2 <= units_1`, as a person would write it. */
export function constraintText({ left, op, right }: ParamConstraint, owner: string): string {
  return `${sideText(left ?? owner)} ${op} ${sideText(right)}`;
}

const sideText = (side: z.infer<typeof Side>): string =>
  typeof side === "object"
    ? Object.entries(side)
        .map(([name, weight]) => (weight === 1 ? name : `${weight} ${name}`))
        .join(" + ")
    : String(side);
