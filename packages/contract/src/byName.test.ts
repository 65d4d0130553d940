import { expect, test } from "vitest";
import { createOpenApi } from "./openapi.js";
import { TrainPlan } from "./plan.js";
import { toFieldErrors } from "./zodErrors.js";

const data = { dataset: "fashion-mnist" };
const plan = (fields: object) => TrainPlan.parse({ data, ...fields });
const errorsOf = (fields: object) => {
  const { error } = TrainPlan.safeParse({ data, ...fields });
  return error === undefined ? [] : toFieldErrors(error);
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
