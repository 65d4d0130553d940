import { expect, test } from "vitest";
import { changePlan } from "./changePlan.js";

const plan = {
  data: { dataset: "shapes" },
  model: { layers: [{ class_name: "Dense", units: 8 }], units: [8, 4] },
  optimizer: { learning_rate: 0.001, nesterov: false },
  name: null,
};
const change = (changes: Record<string, string>) =>
  changePlan(plan, new Map(Object.entries(changes)));

test("a value is read as what stood there, and nothing else changes", () => {
  expect(
    change({
      "optimizer.learning_rate": "1e-2",
      "optimizer.nesterov": "true",
      "model.layers.0.units": "16",
      "model.units": "[16,8]",
      "data.dataset": "7",
    }),
  ).toEqual({
    data: { dataset: "7" },
    model: { layers: [{ class_name: "Dense", units: 16 }], units: [16, 8] },
    optimizer: { learning_rate: 0.01, nesterov: true },
    name: null,
  });
  expect(plan.optimizer.learning_rate).toBe(0.001);
});

test("what is no number stays as it was written, for the server to refuse", () => {
  expect(change({ "optimizer.learning_rate": "fast" }).optimizer.learning_rate).toBe("fast");
  expect(change({})).toEqual(plan);
  expect(change({ "no.such.path": "1" })).toEqual(plan);
});
