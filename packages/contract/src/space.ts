import { z } from "zod";
import { Condition } from "./condition.js";
import { ParamConstraint, toLinearForm } from "./paramConstraint.js";
import { ParamValue, paramKey } from "./paramValue.js";
import { strictObject } from "./strictObject.js";

/** What may vary in a sweep: dimension name → dimension. Key order is the order of suggestion. */

const finite = z.number();
const Choices = z.array(ParamValue).min(1).max(10_000);

/** Fields that every dimension may have. */
const common = {
  /** Where the dimension exists; everywhere by default. */
  when: Condition.optional(),
  /** What must hold between it and earlier dimensions. */
  where: z.array(ParamConstraint).min(1).max(16).optional(),
};

/** Both ends included. `log` samples uniformly in the logarithm; `step` counts from `low`. */
export const FloatDimension = strictObject({
  type: z.literal("float"),
  low: finite,
  high: finite,
  log: z.boolean().default(false),
  step: finite.positive().optional(),
  ...common,
});

export const IntDimension = strictObject({
  type: z.literal("int"),
  low: z.int(),
  high: z.int(),
  log: z.boolean().default(false),
  step: z.int().positive().default(1),
  ...common,
});

export const CategoricalDimension = strictObject({
  type: z.literal("categorical"),
  choices: Choices,
  ...common,
});

/** Choices in an order that means something: neighbours are alike. */
export const OrdinalDimension = strictObject({
  type: z.literal("ordinal"),
  choices: Choices,
  ...common,
});

/** One value, recorded among the params of every run. */
export const ConstantDimension = strictObject({
  type: z.literal("constant"),
  value: ParamValue,
  ...common,
});

const normal = {
  mu: finite,
  sigma: finite.positive(),
  low: finite.optional(),
  high: finite.optional(),
  /** Values are multiples of it. */
  step: finite.positive().optional(),
  ...common,
};

/** Normally distributed, cut off outside [low, high]. */
export const NormalDimension = strictObject({ type: z.literal("normal"), ...normal });

/** Its logarithm has mean `mu` and deviation `sigma`; `low`, `high` and `step` are of the value. */
export const LogNormalDimension = strictObject({ type: z.literal("log_normal"), ...normal });

const AnyDimension = z.discriminatedUnion("type", [
  FloatDimension,
  IntDimension,
  CategoricalDimension,
  OrdinalDimension,
  ConstantDimension,
  NormalDimension,
  LogNormalDimension,
]);

export const Dimension = AnyDimension.superRefine((dimension, ctx) => {
  for (const { path, rule, message } of dimensionFaults(dimension))
    ctx.addIssue({ code: "custom", path: [path], message, params: { rule } });
});
export type Dimension = z.infer<typeof Dimension>;
export type FloatDimension = z.infer<typeof FloatDimension>;
export type IntDimension = z.infer<typeof IntDimension>;
export type CategoricalDimension = z.infer<typeof CategoricalDimension>;
export type OrdinalDimension = z.infer<typeof OrdinalDimension>;
export type ConstantDimension = z.infer<typeof ConstantDimension>;
export type NormalDimension = z.infer<typeof NormalDimension | typeof LogNormalDimension>;

interface Fault {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

function dimensionFaults(dimension: z.infer<typeof AnyDimension>): Fault[] {
  switch (dimension.type) {
    case "constant":
      return [];
    case "categorical":
    case "ordinal":
      return new Set(dimension.choices.map(paramKey)).size < dimension.choices.length
        ? [{ path: "choices", rule: "duplicate_choice", message: "names the same choice twice" }]
        : [];
    case "float":
    case "int":
      return rangeFaults(dimension, { isLog: dimension.log });
    case "normal":
    case "log_normal":
      return normalFaults(dimension);
  }
}

function rangeFaults(
  { low, high }: { low: number; high: number },
  { isLog }: { isLog: boolean },
): Fault[] {
  const faults: Fault[] = [];
  if (low > high)
    faults.push({ path: "low", rule: "empty_range", message: `low ${low} is above high ${high}` });
  if (isLog && low <= 0) {
    const message = `a log range must lie above zero, but low is ${low}: raise low or drop log`;
    faults.push({ path: "low", rule: "log_range", message });
  }
  return faults;
}

function normalFaults({ type, low, high, step }: NormalDimension): Fault[] {
  const bottom = low ?? (type === "normal" ? Number.NEGATIVE_INFINITY : 0);
  const top = high ?? Number.POSITIVE_INFINITY;
  const faults = rangeFaults({ low: bottom, high: top }, { isLog: false });
  if (type === "log_normal" && top <= 0) {
    const message = `a log-normal value is above zero, but high is ${high}`;
    faults.push({ path: "high", rule: "empty_range", message });
  }
  if (faults.length === 0 && step !== undefined && Math.ceil(bottom / step) * step > top) {
    const message = `no multiple of ${step} lies from low ${low} to high ${high}`;
    faults.push({ path: "step", rule: "empty_range", message });
  }
  return faults;
}

const DimensionName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, {
  error: "a dimension's name has up to 64 letters, digits or underscores and starts with no digit",
});

export const Space = z.record(DimensionName, Dimension).superRefine((space, ctx) => {
  const names = Object.keys(space);
  const fail = (path: (string | number)[], rule: string, message: string) =>
    ctx.addIssue({ code: "custom", path, message, params: { rule } });
  if (names.length === 0)
    fail([], "empty_space", "is empty: name at least one dimension, or submit a single run");
  for (const [index, name] of names.entries()) {
    const { when, where = [] } = space[name] ?? {};
    if (when !== undefined && !names.slice(0, index).includes(when.param))
      fail(
        [name, "when", "param"],
        "unknown_dimension",
        `"${when.param}" is no dimension listed before "${name}"`,
      );
    const known = Object.fromEntries(
      names.slice(0, index + 1).flatMap((each) => {
        const dimension = space[each];
        return dimension === undefined ? [] : [[each, dimension]];
      }),
    );
    for (const [position, constraint] of where.entries()) {
      const fault = constraintFault(constraint, name, known);
      if (fault !== null) fail([name, "where", position], ...fault);
    }
  }
});
export type Space = z.infer<typeof Space>;

/** [rule, message] of what is wrong with a constraint of dimension `name`, the last of `known`. */
function constraintFault(
  constraint: ParamConstraint,
  name: string,
  known: Readonly<Record<string, Dimension>>,
): [string, string] | null {
  const { coefficients, bound, strict } = toLinearForm(constraint, name);
  if (coefficients.size === 0) return ["constraint_of_nothing", "names no dimension"];
  let least = 0;
  for (const [param, coefficient] of coefficients) {
    const dimension = Object.hasOwn(known, param) ? known[param] : undefined;
    if (dimension === undefined)
      return ["unknown_dimension", `"${param}" is neither "${name}" nor listed before it`];
    const ends = numericEnds(dimension);
    if (ends === null) return ["constraint_of_text", `"${param}" has values that are no numbers`];
    if (coefficient !== 0) least += coefficient * (coefficient > 0 ? ends[0] : ends[1]);
  }
  return least > bound || (strict && least === bound)
    ? ["impossible_constraint", "holds nowhere in the space"]
    : null;
}

/** The least and the largest value, or null if some values are no numbers. */
export function numericEnds(dimension: Dimension): [number, number] | null {
  switch (dimension.type) {
    case "float":
    case "int":
      return [dimension.low, dimension.high];
    case "normal":
      return [
        dimension.low ?? Number.NEGATIVE_INFINITY,
        dimension.high ?? Number.POSITIVE_INFINITY,
      ];
    case "log_normal":
      return [Math.max(0, dimension.low ?? 0), dimension.high ?? Number.POSITIVE_INFINITY];
    case "constant":
      return typeof dimension.value === "number" ? [dimension.value, dimension.value] : null;
    case "categorical":
    case "ordinal": {
      const numbers = dimension.choices.filter((choice) => typeof choice === "number");
      if (numbers.length < dimension.choices.length) return null;
      return [Math.min(...numbers), Math.max(...numbers)];
    }
  }
}

/**
 * Values at which what is built from the dimension should be tried: all choices, both ends of a
 * range, and far out in either tail where there is no end.
 */
export function probeValues(dimension: Dimension): ParamValue[] {
  switch (dimension.type) {
    case "float":
    case "int":
      return [dimension.low, dimension.high];
    case "categorical":
    case "ordinal":
      return dimension.choices;
    case "constant":
      return [dimension.value];
    case "normal":
    case "log_normal": {
      const { type, mu, sigma, low, high, step } = dimension;
      const toValue = (z: number) =>
        type === "normal" ? mu + z * sigma : Math.exp(mu + z * sigma);
      const [bottom, top] = [low ?? toValue(-3), high ?? toValue(3)];
      if (step === undefined) return [bottom, top];
      return [
        (low === undefined ? Math.round(bottom / step) : Math.ceil(bottom / step)) * step,
        (high === undefined ? Math.round(top / step) : Math.floor(top / step)) * step,
      ];
    }
  }
}
