import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DenseLayer } from "./layers.js";
import { Model } from "./model.js";
import { Optimizer } from "./optimizers.js";
import { TrainPlan } from "./plan.js";
import { Space } from "./space.js";
import { toFieldErrors } from "./zodErrors.js";

function errorsOf(schema: z.ZodType, value: unknown, prefix?: string) {
  const parsed = schema.safeParse(value);
  if (parsed.success) throw new Error("it was accepted");
  return toFieldErrors(parsed.error, prefix);
}

describe("toFieldErrors", () => {
  test("names each unknown field by itself", () => {
    const schema = z.object({ a: z.strictObject({ b: z.number() }) });
    expect(errorsOf(schema, { a: { b: 1, c: 2, d: 3 } })).toEqual([
      { path: "a.c", rule: "unrecognized_keys", message: '"c" is no field here' },
      { path: "a.d", rule: "unrecognized_keys", message: '"d" is no field here' },
    ]);
  });

  test("of several unknown fields tells once which there are, and of Keras' why to leave them", () => {
    const given = { data: { dataset: "d" }, frob: 1, frab: 2, steps_per_epoch: 3 };
    expect(errorsOf(TrainPlan, given).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^"frob" is no field here\. Its fields: engine, data/),
      '"frab" is no field here.',
      '"steps_per_epoch" is no field here: an epoch is every training row once, so leave it out.',
    ]);
  });

  test("takes a custom rule's own name", () => {
    const schema = z.number().superRefine((_value, ctx) => {
      ctx.addIssue({ code: "custom", message: "is odd", params: { rule: "even" } });
    });
    expect(errorsOf(schema, 3)).toEqual([{ path: "", rule: "even", message: "is odd" }]);
  });

  test("puts the prefix before every path", () => {
    expect(errorsOf(z.object({ a: z.number() }), { a: "x" }, "plan")[0]?.path).toBe("plan.a");
  });

  test("numbers the elements of lists", () => {
    expect(errorsOf(z.array(z.object({ a: z.number() })), [{ a: 1 }, {}])[0]?.path).toBe("1.a");
  });

  test.each([
    [{ template: "mlp", depth: 0 }, ["depth: too_small"]],
    [{ template: "mlp", depth: 1.5 }, ["depth: invalid_type"]],
    [{ layers: [] }, ["layers: too_small"]],
    [{ layers: [{ class_name: "Dense", units: 0 }] }, ["layers.0.units: too_small"]],
    [
      { layers: [{ class_name: "Dense", unit: 3 }] },
      ["layers.0.units: invalid_type", "layers.0.unit: unrecognized_keys"],
    ],
    ["mlp", [": invalid_type"]],
    [{ template: "rnn" }, ["template: invalid_value"]],
    [{ template: "mlp", dept: 2 }, ["dept: unrecognized_keys"]],
  ])("of a model %j reports the form that was meant", (model, expected) => {
    expect(errorsOf(Model, model).map(({ path, rule }) => `${path}: ${rule}`)).toEqual(expected);
  });

  test("of a learning rate that is meant to be a schedule complains of the schedule", () => {
    const config = { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.9 };
    const learning_rate = { class_name: "ExponentialDecay", config };
    const errors = errorsOf(Optimizer, { class_name: "Adam", learning_rate });
    expect(errors.map(({ path }) => path)).toContain("learning_rate.config");
    expect(errors.map(({ path }) => path)).toContain("learning_rate.decay_steps");
  });

  test("of a dimension says what its name may be", () => {
    const space = { "num-layers": { type: "int", low: 1, high: 3 } };
    expect(errorsOf(Space, space, "space")).toMatchObject([
      {
        path: "space.num-layers",
        message: expect.stringContaining("letters, digits or underscores"),
      },
    ]);
  });

  test.each([
    [{ units: "64" }, "is to be a number, not text"],
    [{}, "is missing: a number is expected"],
    [{ units: 1, activatoin: "relu" }, '"activatoin" is no field here; did you mean "activation"?'],
    [{ units: 1, frob: 1 }, '"frob" is no field here. Its fields: class_name, name, units'],
    [{ units: 1, activation: "rilu" }, 'is none of "linear", "relu"'],
    [{ units: 0 }, "is to be at least 1"],
    [{ units: 1, name: "1st" }, "a layer's name starts with a letter"],
  ])("of a Dense layer %j says in words what is wrong", (layer, expected) => {
    const [error] = errorsOf(DenseLayer, { class_name: "Dense", ...layer });
    expect(error?.message).toContain(expected);
  });
});

test.each([
  [{ units: 3, activation: "rellu" }, 'did you mean "relu"? (layer 1, Dense)'],
  [{ units: 0, name: "hidden" }, 'is to be at least 1 (layer "hidden", Dense)'],
  [{ units: 3, input_shape: [9] }, "the data set gives the input's shape, so leave it out."],
  [{ out_features: 3, units: 1 }, 'did you mean "units"?'],
  [{ class_name: "BatchNorm2d" }, 'did you mean "BatchNormalization"?'],
  [{ class_name: "early" }, 'is none of "Flatten"'],
])("with the input at hand %j is told with its layer and what was meant", (layer, expected) => {
  const model = { layers: [{ class_name: "Flatten" }, { class_name: "Dense", ...layer }] };
  const parsed = Model.safeParse(model);
  const [error] = parsed.success ? [] : toFieldErrors(parsed.error, "plan.model", model);
  expect(error?.path).toMatch(/^plan\.model\.layers\.1\./);
  expect(error?.message).toContain(expected);
});
