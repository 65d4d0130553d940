import { type DatasetView, TrainPlan, toFieldErrors } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { planErrors } from "./planErrors.js";

const view = (changes: Partial<DatasetView> = {}): DatasetView => ({
  ...{ id: "00000000-0000-4000-8000-000000000000", name: "d", version: 1, description: "" },
  ...{ task: "classification", inputShape: [28, 28], classNames: ["a", "b", "c"] },
  ...{ trainRows: 90, testRows: 9, classCounts: [30, 30, 30] },
  details: {
    ...{ format: "npy", testClassCounts: [], valueRange: null, columns: [], targets: [] },
    ...{ skipped: [], skippedCount: 0 },
  },
  createdAt: "2026-11-01T00:00:00Z",
  ...changes,
});
const images = view();
const table = view({ inputShape: [5] });
const prices = view({
  ...{ task: "regression", inputShape: [5], classNames: ["price"], classCounts: [] },
});
const labels = view({ task: "multi_label", inputShape: [5] });

const flatten = { class_name: "Flatten" };
const conv = (rest = {}) => ({ class_name: "Conv2D", filters: 3, kernel_size: 3, ...rest });
const dense = (units: number, activation = "softmax") => ({
  class_name: "Dense",
  units,
  activation,
});
const layers = (...list: object[]) => ({ model: { layers: list } });

/** What was submitted, for which data, the field that is named, and part of what would be right. */
const REFUSED: readonly [string, object, DatasetView, string, RegExp][] = [
  ["no Flatten", layers(dense(3)), images, "plan.model.layers.0", /"dense".*put .*Flatten/],
  ["too many units", layers(flatten, dense(4)), images, "plan.model.layers.1", /Dense of 3 units/],
  ["relu at the end", layers(flatten, dense(3, "relu")), images, "plan.model.layers.1", /softmax/],
  [
    "a convolution of rows",
    layers(flatten, conv(), dense(3)),
    images,
    "plan.model.layers.1",
    /"conv2d".*Reshape/,
  ],
  [
    "a window too large",
    layers(conv({ kernel_size: 40 }), flatten, dense(3)),
    images,
    "plan.model.layers.0",
    /28 × 28.*same/,
  ],
  [
    "a shortcut that leads nowhere",
    layers({ class_name: "Residual", layers: [conv()] }, flatten, dense(3)),
    images,
    "plan.model.layers.0",
    /"residual".*padding same/,
  ],
  [
    "one name twice",
    layers(flatten, { ...dense(4), name: "a" }, { ...dense(3), name: "a" }),
    images,
    "plan.model.layers.2",
    /named "a"/,
  ],
  [
    "an unknown template",
    { model: { template: "resnet" } },
    images,
    "plan.model.template",
    /"mlp", "cnn".*layers/,
  ],
  [
    "a template for images on rows",
    { model: { template: "cnn" } },
    table,
    "plan.model",
    /"conv2d".*height/,
  ],
  [
    "more weights than are allowed",
    { model: { template: "mlp", units: 60_000 } },
    images,
    "plan.model",
    /MAX_PARAMETERS.*fewer units/,
  ],
  ["probabilities of prices", {}, prices, "plan.loss", /mean_squared_error/],
  ["one class of many labels", {}, labels, "plan.loss", /binary_crossentropy/],
  [
    "no row left to train",
    { validation_split: 0.999 },
    images,
    "plan.validation_split",
    /0 to train/,
  ],
  [
    "strata of prices",
    { loss: "huber", split: { method: "stratified" } },
    prices,
    "plan.split",
    /method last/,
  ],
  [
    "too many folds",
    { split: { method: "k_fold", folds: 91 } },
    images,
    "plan.split.folds",
    /90 training rows/,
  ],
  [
    "a label that is none",
    { class_weight: { 3: 2 } },
    images,
    "plan.class_weight.3",
    /highest is 2/,
  ],
  [
    "weights of nothing",
    { class_weight: "even" },
    images,
    "plan.class_weight",
    /balanced.*by label/,
  ],
  [
    "turned rows of a table",
    { augmentation: { rotation_range: 9 } },
    table,
    "plan.augmentation.rotation_range",
    /no images/,
  ],
  [
    "a range turned round",
    { augmentation: { zoom_range: [2, 1] } },
    images,
    "plan.augmentation.zoom_range",
    /lower comes first/,
  ],
  [
    "a zoom to nothing",
    { augmentation: { zoom_range: 1.5 } },
    images,
    "plan.augmentation.zoom_range",
    /less than 1/,
  ],
  [
    "a metric of another task",
    { callbacks: [{ class_name: "EarlyStopping", monitor: "val_mean_absolute_error" }] },
    images,
    "plan.callbacks.0.monitor",
    /classification.*val_loss/,
  ],
  [
    "accuracy of prices",
    { loss: "huber", callbacks: [{ class_name: "TargetReached", target: 1 }] },
    prices,
    "plan.callbacks.0.monitor",
    /regression.*val_mean_absolute_error/,
  ],
  [
    "a plateau that nobody measures",
    { validation_split: 0, callbacks: [{ class_name: "ReduceLROnPlateau" }] },
    images,
    "plan.callbacks.0.monitor",
    /raise validation_split/,
  ],
];

test.each(REFUSED)(
  "%s: the field is named, and what would be right",
  (_, fields, data, path, right) => {
    const plan = TrainPlan.safeParse({ data: { dataset: "d" }, ...fields });
    const errors = plan.success
      ? planErrors(plan.data, data, 1e7)
      : toFieldErrors(plan.error, "plan");
    expect(errors.map((error) => error.path)).toEqual([path]);
    expect(errors[0]?.message).toMatch(right);
  },
);

test("all that is wrong is told at once", () => {
  const plan = TrainPlan.parse({
    data: { dataset: "d" },
    ...layers(flatten, dense(4)),
    callbacks: [{ class_name: "EarlyStopping", monitor: "val_mean_squared_error" }],
  });
  expect(planErrors(plan, images, 1e7).map(({ path }) => path)).toEqual([
    "plan.model.layers.1",
    "plan.callbacks.0.monitor",
  ]);
});
