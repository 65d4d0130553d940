import { expect, test } from "vitest";
import { fromFieldText, toFieldText } from "./fieldText.js";

test.each([
  ["", undefined],
  ["  ", undefined],
  ["12", 12],
  ["1e-3", 0.001],
  [".5", 0.5],
  ["1e-", "1e-"],
  ["relu", "relu"],
  ["true", true],
  ["[512, 256]", [512, 256]],
  ['{"class_name": "L2"}', { class_name: "L2" }],
  ["[512, ", "[512,"],
])("%s means %j", (text, value) => expect(fromFieldText(text)).toEqual(value));

test.each([
  ["1, 2, 3", [1, 2, 3]],
  ["relu, tanh", ["relu", "tanh"]],
  ["[[512], [512, 256]]", [[512], [512, 256]]],
  ["1e-3, .5", [0.001, 0.5]],
  ['"1", 1', ["1", 1]],
])("as a list, %s means %j", (text, list) => expect(fromFieldText(text, true)).toEqual(list));

test.each([[12], ["relu"], [true], [[512, 256]], [{ a: 1 }], [null]])("%j reads back", (value) =>
  expect(fromFieldText(toFieldText(value))).toEqual(value),
);

test.each([[[1, 2]], [["relu", "1", null]], [[[512], [1]]]])("the list %j reads back", (list) =>
  expect(fromFieldText(toFieldText(list, true), true)).toEqual(list),
);
