import { expect, test } from "vitest";
import { createOpenApi } from "./openapi.js";
import { TrainPlan } from "./plan.js";
import { CreateSweep } from "./sweep.js";
import { PatchSweep } from "./sweepEdit.js";
import { toFieldErrors } from "./zodErrors.js";

const data = { dataset: "fashion-mnist" };
const plan = (fields: object) => TrainPlan.parse({ data, ...fields });
const errorsOf = (fields: object) => {
  const { error } = TrainPlan.safeParse({ data, ...fields });
  return error === undefined ? [] : toFieldErrors(error, "", { data, ...fields });
};

test.each([
  ["adam", "Adam"],
  ["Adam", "Adam"],
  ["SGD", "SGD"],
  ["rmsprop", "RMSprop"],
  ["adamw", "AdamW"],
])("optimizer: %s is %s with its defaults", (name, class_name) => {
  const { optimizer } = plan({ optimizer: name });
  expect(optimizer).toEqual(plan({ optimizer: { class_name } }).optimizer);
  expect(plan({ optimizer: { class_name: name } }).optimizer).toEqual(optimizer);
});

test.each([
  ["mse", "mean_squared_error"],
  ["MAE", "mean_absolute_error"],
  ["bce", "binary_crossentropy"],
  ["SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"],
  ["huber", "huber"],
])("loss: %s is %s", (name, full) => {
  expect(plan({ loss: name }).loss).toEqual(plan({ loss: { name: full } }).loss);
});

test("penalties, initialisers and metrics go by Keras' names", () => {
  const dense = { class_name: "Dense", units: 3 };
  const layer = { ...dense, kernel_regularizer: "l2", kernel_initializer: "HeNormal" };
  const callbacks = [{ class_name: "EarlyStopping", monitor: "val_acc" }];
  expect(plan({ model: { layers: [layer] }, callbacks })).toMatchObject({
    model: {
      layers: [
        { kernel_regularizer: { class_name: "L2", l2: 0.01 }, kernel_initializer: "he_normal" },
      ],
    },
    callbacks: [{ monitor: "val_accuracy" }],
  });
});

test("layers and callbacks go by a name alone, and by Keras' second names", () => {
  const layers = ["Flatten", { class_name: "MaxPool2D" }, { class_name: "dense", units: 3 }];
  expect(plan({ model: { layers }, callbacks: ["EarlyStopping"] })).toMatchObject({
    model: {
      layers: [
        { class_name: "Flatten" },
        { class_name: "MaxPooling2D" },
        { class_name: "Dense", units: 3 },
      ],
    },
    callbacks: [{ class_name: "EarlyStopping", monitor: "val_loss" }],
  });
});

test("samplers, pruners and terminators of a sweep go by a name alone", () => {
  const space = { learning_rate: { type: "float", low: 1e-4, high: 1e-2 } };
  const search = { sampler: "tpe", pruner: "Median", terminator: "stagnation" };
  const sweep = { name: "s", plan: { data }, space, budget: { runs: 3 } };
  const names = { sampler: { name: "tpe" }, pruner: { name: "median" } };
  expect(CreateSweep.parse({ ...sweep, ...search })).toMatchObject({
    ...names,
    terminator: { name: "stagnation" },
  });
  expect(PatchSweep.parse({ sampler: "tpe", pruner: "median" })).toMatchObject(names);
});

test("a loss of Keras' own configuration is read", () => {
  const loss = { class_name: "SparseCategoricalCrossentropy", from_logits: true };
  expect(plan({ loss }).loss).toMatchObject({
    name: "sparse_categorical_crossentropy",
    from_logits: true,
  });
});

test.each([
  [{ optimizer: { class_name: "Adan" } }, "optimizer.class_name", 'did you mean "Adam"?'],
  [{ optimizer: "Adam(learning_rate=0.01)" }, "optimizer", 'write {"class_name": "Adam", …}'],
  [
    { optimizer: "keras.optimizers.Adam()" },
    "optimizer",
    'is Python: write {"class_name": "Adam", …}',
  ],
  [
    { model: { layers: ["Conv2D(32, 3)"] } },
    "model.layers.0",
    'write {"class_name": "Conv2D", …} with its arguments as fields',
  ],
  [
    { model: { layers: [{ class_name: "Batchnorm" }] } },
    "model.layers.0.class_name",
    'did you mean "BatchNormalization"?',
  ],
  [
    { model: { layers: [{ class_name: "Dense", units: 3, activation: "sofmax" }] } },
    "model.layers.0.activation",
    '"sofmax" is none of',
  ],
  [{ model: ["Flatten"] }, "model", 'is a list: {"layers": […]}'],
])("%j is told at %s: %s", (fields, path, words) => {
  const errors = errorsOf(fields);
  expect(errors.map((error) => error.path)).toEqual([path]);
  expect(errors[0]?.message).toContain(words);
});

test("an unknown name is told with those that there are, at the field where it stands", () => {
  const [error, ...others] = errorsOf({ optimizer: "adan" });
  expect(others).toEqual([]);
  expect(error).toMatchObject({ path: "optimizer", rule: "unknown_name" });
  expect(error?.message).toContain('"adan" is none of "SGD", "Adam"');
  expect(error?.message).toContain('did you mean "Adam"?');
  expect(errorsOf({ optimizer: "constructor" })[0]?.rule).toBe("unknown_name");
  expect(errorsOf({ optimizer: 3 })[0]?.path).toBe("optimizer");
});

test("the API's description has both forms in requests, and the object alone in answers", () => {
  const { schemas } = createOpenApi("1.0.0").components ?? {};
  const asked = JSON.stringify(schemas?.TrainPlan);
  const answered = JSON.stringify(schemas?.TrainPlanOutput);
  expect(asked).toContain('"enum":["SGD","Adam",');
  expect(answered).not.toContain('"enum":["SGD","Adam",');
  expect(answered).toContain('"const":"SGD"');
});
