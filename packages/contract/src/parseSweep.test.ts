import { describe, expect, test } from "vitest";
import { AppError } from "./appError.js";
import { parseSweep } from "./parseSweep.js";

/** The example's search: learning rates and depths of a multilayer perceptron. */
const sweep = {
  name: "clothes",
  plan: {
    data: { dataset: "fashion-mnist" },
    model: { template: "mlp", depth: { $param: "depth" }, units: [512, 256, 128] },
    optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
  },
  space: {
    learning_rate: { type: "categorical", choices: [3e-4, 1e-3, 3e-3] },
    depth: { type: "int", low: 1, high: 3 },
  },
};

function refusal(input: unknown): AppError {
  try {
    parseSweep(input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const fieldsOf = (input: unknown) =>
  refusal(input).errors.map(({ path, rule }) => `${path}: ${rule}`);

describe("parseSweep", () => {
  test("accepts the example and fills in the defaults", () => {
    const parsed = parseSweep(sweep);
    expect(parsed.sampler).toEqual({ name: "grid" });
    expect(parsed.objective).toEqual({ metric: "val_accuracy", direction: "maximize" });
    expect(parsed.space.depth).toEqual({ type: "int", low: 1, high: 3, log: false, step: 1 });
    expect(Object.keys(parsed.space)).toEqual(["learning_rate", "depth"]);
  });

  test("minimizes a loss unless told otherwise", () => {
    const directionOf = (objective: object) =>
      parseSweep({ ...sweep, objective }).objective.direction;
    expect(directionOf({ metric: "val_loss" })).toBe("minimize");
    expect(directionOf({ metric: "loss", direction: "maximize" })).toBe("maximize");
    expect(directionOf({ metric: "accuracy" })).toBe("maximize");
  });

  test("tells what is wrong with the plan together with what is wrong elsewhere", () => {
    const plan = { ...sweep.plan, epochs: 0 };
    expect(fieldsOf({ ...sweep, plan, colour: "red" })).toEqual([
      "colour: unrecognized_keys",
      "plan.epochs: too_small",
    ]);
    expect(fieldsOf({ ...sweep, plan, space: { depth: { type: "integer" } } })).toEqual([
      "space.depth.type: invalid_union",
      "plan.epochs: too_small",
    ]);
  });

  test("accepting twice changes nothing", () => {
    const once = parseSweep(sweep);
    expect(parseSweep(once)).toEqual(once);
  });

  test.each([
    ["an unknown field", { ...sweep, colour: "red" }, "colour: unrecognized_keys"],
    ["an empty space", { ...sweep, space: {} }, "space: empty_space"],
    [
      "an objective that no engine reports",
      { ...sweep, objective: { metric: "val_acc" } },
      "objective.metric: unknown_metric",
    ],
    [
      "an objective of rows that do not validate",
      { ...sweep, plan: { ...sweep.plan, validation_split: 0 } },
      "objective.metric: no_validation",
    ],
    [
      "a pruner that would wait for a figure of the report",
      { ...sweep, objective: { metric: "test.accuracy" }, pruner: { name: "median" } },
      "objective.metric: too_late",
    ],
    [
      "a pruner by the first of several objectives, which comes at the end",
      {
        ...sweep,
        objectives: [{ metric: "model_bytes" }, { metric: "val_accuracy" }],
        pruner: { name: "asha" },
      },
      "objectives.0.metric: too_late",
    ],
    [
      "a terminator that compares folds where there are none",
      { ...sweep, terminator: { name: "regret_bound", error: { name: "cross_validation" } } },
      "terminator.error: one_run_of_a_point",
    ],
    [
      "a terminator of several objectives",
      {
        ...sweep,
        objectives: [{ metric: "val_loss" }, { metric: "val_accuracy" }],
        terminator: { name: "stagnation" },
      },
      "terminator: several_objectives",
    ],
    ["no name", { ...sweep, name: undefined }, "name: invalid_type"],
    ["a name of blanks", { ...sweep, name: "   " }, "name: too_small"],
    [
      "a log range through zero",
      withSpace({ learning_rate: { type: "float", low: 0, high: 1, log: true } }),
      "space.learning_rate.low: log_range",
    ],
    [
      "a log range below zero",
      withSpace({ learning_rate: { type: "float", low: -1, high: 1, log: true } }),
      "space.learning_rate.low: log_range",
    ],
    [
      "a range upside down",
      withSpace({ depth: { type: "int", low: 3, high: 1 } }),
      "space.depth.low: empty_range",
    ],
    [
      "no choices",
      withSpace({ depth: { type: "categorical", choices: [] } }),
      "space.depth.choices: too_small",
    ],
    [
      "a choice twice",
      withSpace({ depth: { type: "categorical", choices: [1, 1] } }),
      "space.depth.choices: duplicate_choice",
    ],
    [
      "an unknown kind of dimension",
      withSpace({ depth: { type: "integer", low: 1, high: 3 } }),
      "space.depth.type: invalid_union",
    ],
    [
      "a normal dimension without a deviation",
      withSpace({ learning_rate: { type: "normal", mu: 0, sigma: 0 } }),
      "space.learning_rate.sigma: too_small",
    ],
    [
      "a step that the range has no multiple of",
      withSpace({
        learning_rate: { type: "normal", mu: 0, sigma: 1, low: 0.1, high: 0.4, step: 0.5 },
      }),
      "space.learning_rate.step: empty_range",
    ],
    [
      "a log-normal range below zero",
      withSpace({ learning_rate: { type: "log_normal", mu: 0, sigma: 1, high: 0 } }),
      "space.learning_rate.high: empty_range",
    ],
    [
      "the same list twice",
      withSpace({
        depth: {
          type: "ordinal",
          choices: [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
        },
      }),
      "space.depth.choices: duplicate_choice",
    ],
    [
      "a constraint on a later dimension",
      withSpace({
        learning_rate: { type: "float", low: 0, high: 1, where: [{ op: "<=", right: "depth" }] },
      }),
      "space.learning_rate.where.0: unknown_dimension",
    ],
    [
      "a constraint on texts",
      withSpace({
        learning_rate: { type: "categorical", choices: ["a"] },
        depth: { type: "int", low: 1, high: 3, where: [{ op: "<=", right: "learning_rate" }] },
      }),
      "space.depth.where.0: constraint_of_text",
    ],
    [
      "a constraint that holds nowhere",
      withSpace({
        depth: { type: "int", low: 1, high: 3, where: [{ left: { depth: 2 }, op: "<", right: 2 }] },
      }),
      "space.depth.where.0: impossible_constraint",
    ],
    [
      "a constraint that names nothing",
      withSpace({
        depth: { type: "int", low: 1, high: 3, where: [{ left: 1, op: "<", right: 2 }] },
      }),
      "space.depth.where.0: constraint_of_nothing",
    ],
    [
      "a condition on a list that is none",
      withSpace({
        learning_rate: { type: "categorical", choices: [0.1] },
        depth: {
          type: "int",
          low: 1,
          high: 3,
          when: { param: "learning_rate", op: "in", value: 1 },
        },
      }),
      "space.depth.when.value: condition_list",
    ],
    [
      "a misspelled field of a dimension",
      withSpace({ depth: { type: "int", low: 1, high: 3, stp: 2 } }),
      "space.depth.stp: unrecognized_keys",
    ],
    [
      "a condition on a later dimension",
      withSpace({
        learning_rate: {
          type: "float",
          low: 0.1,
          high: 1,
          when: { param: "depth", op: "==", value: 1 },
        },
      }),
      "space.learning_rate.when.param: unknown_dimension",
    ],
    [
      "a random search without a budget",
      { ...sweep, sampler: { name: "random" } },
      "budget.runs: required",
    ],
    ["an unknown sampler", { ...sweep, sampler: { name: "magic" } }, "sampler.name: invalid_union"],
  ])("refuses %s, naming the field and the rule", (_what, input, expected) => {
    expect(fieldsOf(input)).toContain(expected);
  });

  test.each([
    [
      "depth 0 in the space",
      withSpace({ depth: { type: "int", low: 0, high: 3 } }),
      "plan.model.depth: too_small",
    ],
    [
      "depth 0 in the plan",
      withPlan({ model: { template: "mlp", depth: 0, units: { $param: "depth" } } }),
      "plan.model.depth: too_small",
    ],
    [
      "more layers than units are listed for",
      withSpace({ depth: { type: "int", low: 1, high: 4 } }),
      "plan.model.units: custom",
    ],
    [
      "an unknown field of the plan",
      withPlan({ batchsize: 3 }),
      "plan.batchsize: unrecognized_keys",
    ],
    [
      "an unknown field of the model",
      withPlan({ model: { template: "mlp", depth: { $param: "depth" }, unit: 3 } }),
      "plan.model.unit: unrecognized_keys",
    ],
    [
      "an unknown layer",
      withPlan({ model: { layers: [{ class_name: "Dens", units: { $param: "depth" } }] } }),
      "plan.model.layers.0.class_name: invalid_union",
    ],
    [
      "an unknown optimizer",
      withPlan({
        optimizer: { class_name: "Rprop", learning_rate: { $param: "learning_rate" } },
      }),
      "plan.optimizer.class_name: invalid_union",
    ],
    [
      "a text for a number at one end of a dimension",
      withSpace({ learning_rate: { type: "categorical", choices: [0.1, "fast"] } }),
      "plan.optimizer.learning_rate: invalid_type",
    ],
    [
      "a learning rate of zero",
      withSpace({ learning_rate: { type: "float", low: 0, high: 1, step: 0.5 } }),
      "plan.optimizer.learning_rate: too_small",
    ],
    ["no data", withPlan({ data: undefined }), "plan.data: invalid_type"],
  ])("tries the plan and refuses %s", (_what, input, expected) => {
    expect(fieldsOf(input)).toContain(expected);
  });

  test("a trainer that asks keeps its checkpoints, so its runs can't pause at rungs", () => {
    const sweep = {
      name: "asked",
      plan: {},
      space: { x: { type: "float", low: 0, high: 1 } },
      sampler: { name: "random" },
      budget: { runs: 3 },
      objective: { metric: "loss" },
      trainer: { kind: "external" },
      pruner: { name: "asha" },
    };
    expect(refusal(sweep).errors).toMatchObject([{ path: "pruner.mode", rule: "no_checkpoint" }]);
    expect(parseSweep({ ...sweep, pruner: { name: "asha", mode: "stop" } })).toMatchObject({
      trainer: { kind: "external" },
    });
  });

  test("says at which params a plan fails", () => {
    const { errors } = refusal(withSpace({ depth: { type: "int", low: 0, high: 3 } }));
    expect(errors[0]?.message).toContain('"depth":0');
  });

  test("refuses a $param that the space lacks, and a dimension that the plan does not use", () => {
    const { depth: _, ...withoutDepth } = sweep.space;
    expect(fieldsOf({ ...sweep, space: withoutDepth })).toEqual([
      "plan.model.depth: unknown_dimension",
    ]);
    expect(fieldsOf(withSpace({ extra: { type: "int", low: 1, high: 2 } }))).toEqual([
      "space.extra: unused_dimension",
    ]);
  });

  test("writes down what auto chooses by", () => {
    const auto = { name: "auto" };
    const parsed = parseSweep({ ...sweep, sampler: auto, budget: { runs: 40 }, parallelism: 4 });
    expect(parsed.sampler).toEqual({ name: "auto", runs: 40, parallelism: 4 });
    const judged = parseSweep({
      ...sweep,
      sampler: auto,
      budget: { runs: 40 },
      pruner: { name: "asha" },
      constraints: [{ metric: "model_bytes", op: "<=", value: 1e6 }],
    });
    expect(judged.sampler).toEqual({ name: "auto", runs: 40, pruner: "asha", constraints: 1 });
    const inside = { name: "partial_fixed", params: { learning_rate: 0.1 }, sampler: auto };
    const plan = { ...sweep.plan, epochs: 5 };
    const fixed = parseSweep({ ...sweep, plan, sampler: inside, budget: { epochs: 35 } });
    expect(fixed.sampler).toMatchObject({ sampler: { name: "auto", runs: 7 } });
  });

  test("refuses to fix a param that is not there, and a group of single dimensions", () => {
    const fixed = (params: object) => ({
      ...sweep,
      budget: { runs: 9 },
      sampler: { name: "partial_fixed", params, sampler: { name: "tpe" } },
    });
    expect(fieldsOf(fixed({ momentun: 0.9 }))).toEqual([
      "sampler.params.momentun: unknown_dimension",
    ]);
    expect(fieldsOf(fixed({}))).toHaveLength(1);
    const alone = { name: "tpe", group: true, multivariate: false };
    expect(fieldsOf({ ...sweep, budget: { runs: 9 }, sampler: alone })).toEqual([
      "sampler.group: group_alone",
    ]);
  });

  test("refuses what is no object", () => {
    expect(fieldsOf([])).toEqual([": invalid_type"]);
    expect(fieldsOf(null)).toEqual([": invalid_type"]);
  });

  test("a conditional dimension is tried only where its condition holds", () => {
    const input = {
      ...sweep,
      plan: {
        ...sweep.plan,
        optimizer: {
          class_name: { $param: "optimizer" },
          learning_rate: { $param: "learning_rate" },
          momentum: { $param: "momentum" },
        },
      },
      space: {
        ...sweep.space,
        optimizer: { type: "categorical", choices: ["Adam", "SGD"] },
        momentum: {
          type: "categorical",
          choices: [0, 0.9],
          when: { param: "optimizer", op: "==", value: "SGD" },
        },
      },
    };
    expect(() => parseSweep(input)).not.toThrow();
  });
});

function withSpace(dimensions: Record<string, unknown>) {
  return { ...sweep, space: { ...sweep.space, ...dimensions } };
}

function withPlan(fields: Record<string, unknown>) {
  return { ...sweep, plan: { ...sweep.plan, ...fields } };
}
