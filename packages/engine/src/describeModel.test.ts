import { TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { describeModel } from "./describeModel.js";

const modelOf = (model: unknown) => TrainPlan.parse({ data: { dataset: "d" }, model }).model;
const dense = (units: number, activation: string, rest = {}) => ({
  class_name: "Dense",
  units,
  activation,
  ...rest,
});

test("the default is the seed's network, with Keras' parameter counts", () => {
  const model = describeModel(modelOf(undefined), [28, 28], 10);
  expect(model.layers).toMatchObject([
    { name: "flatten", outputShape: [784], params: 0 },
    { name: "dense", outputShape: [512], params: 401_920, activation: "relu" },
    { name: "dense_1", outputShape: [256], params: 131_328, activation: "relu" },
    { name: "dense_2", outputShape: [10], params: 2_570, activation: "softmax" },
  ]);
  expect(model.params).toBe(535_818);
});

test("a list of layers may name them and leave biases out", () => {
  const layers = [dense(4, "tanh", { name: "first", use_bias: false }), dense(2, "softmax")];
  const model = describeModel(modelOf({ layers }), [3], 2);
  expect(model.layers.map(({ name, params }) => [name, params])).toEqual([
    ["first", 12],
    ["dense", 10],
  ]);
});

test.each([
  ["units that are not the classes", [dense(5, "softmax", { name: "out" })], '"out", has 5 units'],
  ["an end without probabilities", [dense(2, "relu")], '"dense", has activation relu'],
  [
    "an end without units",
    [dense(2, "softmax"), { class_name: "Flatten" }],
    '"flatten", is no Dense',
  ],
])("refuses %s, naming the layer", (_, layers, message) => {
  const describe = () => describeModel(modelOf({ layers }), [3], 2);
  expect(describe).toThrow(expect.objectContaining({ code: "shape_mismatch" }));
  expect(describe).toThrow(message);
});

test("refuses images without Flatten, and two layers of one name", () => {
  const layers = [dense(2, "softmax", { name: "out" })];
  expect(() => describeModel(modelOf({ layers }), [28, 28], 2)).toThrow('"Flatten"} before it');
  const twice = [dense(2, "relu", { name: "out" }), ...layers];
  expect(() => describeModel(modelOf({ layers: twice }), [4], 2)).toThrow('named "out"');
});
