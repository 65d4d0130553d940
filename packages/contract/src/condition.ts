import { z } from "zod";
import { isSameParam, type Params, ParamValue } from "./paramValue.js";
import { strictObject } from "./strictObject.js";

/** Makes a dimension exist only where another, earlier one has a fitting value. */
export const Condition = strictObject({
  param: z.string(),
  op: z.enum(["==", "!=", ">=", "<=", "in"]),
  value: ParamValue,
}).superRefine(({ op, value }, ctx) => {
  const fail = (rule: string, message: string) =>
    ctx.addIssue({ code: "custom", path: ["value"], message, params: { rule } });
  if (op === "in" && !Array.isArray(value))
    fail("condition_list", `"in" takes a list of values, not ${JSON.stringify(value)}`);
  if ((op === ">=" || op === "<=") && typeof value !== "number")
    fail("condition_number", `"${op}" takes a number, not ${JSON.stringify(value)}`);
});
export type Condition = z.infer<typeof Condition>;

/** Whether `condition` holds for what has been chosen so far. An absent param satisfies nothing. */
export function conditionHolds(condition: Condition | undefined, params: Params): boolean {
  if (condition === undefined) return true;
  const actual = Object.hasOwn(params, condition.param) ? params[condition.param] : undefined;
  if (actual === undefined) return false;
  const { op, value } = condition;
  switch (op) {
    case "==":
      return isSameParam(actual, value);
    case "!=":
      return !isSameParam(actual, value);
    case ">=":
      return typeof actual === "number" && typeof value === "number" && actual >= value;
    case "<=":
      return typeof actual === "number" && typeof value === "number" && actual <= value;
    case "in":
      return Array.isArray(value) && value.some((each) => isSameParam(actual, each));
  }
}
