import { z } from "zod";
import { strictObject } from "./strictObject.js";

/** What may vary in a sweep: dimension name → dimension. Key order is the order of suggestion. */

export const ParamValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type ParamValue = z.infer<typeof ParamValue>;

/** One chosen point. A dimension whose condition does not hold is absent. */
export const Params = z.record(z.string(), ParamValue);
export type Params = z.infer<typeof Params>;

/** Makes a dimension exist only where another, earlier one has a fitting value. */
export const Condition = strictObject({
  param: z.string(),
  op: z.enum(["==", "!=", ">=", "<=", "in"]),
  value: z.union([ParamValue, z.array(ParamValue)]),
});
export type Condition = z.infer<typeof Condition>;

const finite = z.number();
const conditional = { when: Condition.optional() };

/** Both ends included. `log` samples uniformly in the logarithm; `step` counts from `low`. */
export const FloatDimension = strictObject({
  type: z.literal("float"),
  low: finite,
  high: finite,
  log: z.boolean().default(false),
  step: finite.positive().optional(),
  ...conditional,
});

export const IntDimension = strictObject({
  type: z.literal("int"),
  low: z.int(),
  high: z.int(),
  log: z.boolean().default(false),
  step: z.int().positive().default(1),
  ...conditional,
});

export const CategoricalDimension = strictObject({
  type: z.literal("categorical"),
  choices: z.array(ParamValue).min(1).max(10_000),
  ...conditional,
});

export const Dimension = z
  .discriminatedUnion("type", [FloatDimension, IntDimension, CategoricalDimension])
  .superRefine((dimension, ctx) => {
    const fail = (path: string, rule: string, message: string) =>
      ctx.addIssue({ code: "custom", path: [path], message, params: { rule } });
    if (dimension.type === "categorical") {
      if (new Set(dimension.choices.map((c) => JSON.stringify(c))).size < dimension.choices.length)
        fail("choices", "duplicate_choice", "names the same choice twice");
      return;
    }
    if (dimension.low > dimension.high)
      fail("low", "empty_range", `low ${dimension.low} is above high ${dimension.high}`);
    if (dimension.log && dimension.low <= 0)
      fail(
        "low",
        "log_range",
        `a log range must lie above zero, but low is ${dimension.low}: raise low or drop log`,
      );
    if (dimension.log && dimension.type === "float" && dimension.step !== undefined)
      fail("step", "log_step", "log and step exclude each other");
    if (dimension.log && dimension.type === "int" && dimension.step !== 1)
      fail("step", "log_step", "a log int dimension has step 1");
  });
export type Dimension = z.infer<typeof Dimension>;
export type FloatDimension = z.infer<typeof FloatDimension>;
export type IntDimension = z.infer<typeof IntDimension>;
export type CategoricalDimension = z.infer<typeof CategoricalDimension>;

const DimensionName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  error: "a dimension's name has up to 64 letters, digits or underscores and starts with no digit",
});

export const Space = z.record(DimensionName, Dimension).superRefine((space, ctx) => {
  const names = Object.keys(space);
  if (names.length === 0)
    ctx.addIssue({
      code: "custom",
      message: "is empty: name at least one dimension, or submit a single run",
      params: { rule: "empty_space" },
    });
  for (const [index, name] of names.entries()) {
    const condition = space[name]?.when;
    if (condition === undefined || names.slice(0, index).includes(condition.param)) continue;
    ctx.addIssue({
      code: "custom",
      path: [name, "when", "param"],
      message: `"${condition.param}" is no dimension listed before "${name}"`,
      params: { rule: "unknown_dimension" },
    });
  }
});
export type Space = z.infer<typeof Space>;

/** Whether `condition` holds for what has been chosen so far. An absent param satisfies nothing. */
export function conditionHolds(condition: Condition | undefined, params: Params): boolean {
  if (condition === undefined) return true;
  const actual = Object.hasOwn(params, condition.param) ? params[condition.param] : undefined;
  if (actual === undefined) return false;
  const { op, value } = condition;
  switch (op) {
    case "==":
      return actual === value;
    case "!=":
      return actual !== value;
    case ">=":
      return typeof actual === "number" && typeof value === "number" && actual >= value;
    case "<=":
      return typeof actual === "number" && typeof value === "number" && actual <= value;
    case "in":
      return Array.isArray(value) && value.includes(actual);
  }
}
