import { expect, test } from "vitest";
import { flattenPlan } from "./flattenPlan.js";

test("nested fields become paths, a list of numbers stays together", () => {
  expect(
    flattenPlan({
      epochs: 15,
      optimizer: { class_name: "Adam", learning_rate: 0.001 },
      model: { units: [512, 256], layers: [{ units: 10 }] },
      nothing: undefined,
    }),
  ).toEqual([
    ["epochs", 15],
    ["optimizer.class_name", "Adam"],
    ["optimizer.learning_rate", 0.001],
    ["model.units", "[512,256]"],
    ["model.layers.0.units", 10],
  ]);
});
