import { describe, expect, test } from "vitest";
import { planParams, resolvePlan } from "./planTemplate.js";

const plan = {
  data: { dataset: "fashion-mnist" },
  model: { layers: [{ class_name: "Flatten" }, { units: { $param: "units" } }] },
  optimizer: { learning_rate: { $param: "lr" }, momentum: { $param: "momentum" } },
  epochs: 3,
};

describe("planParams", () => {
  test("lists every $param with its dotted path", () => {
    expect(planParams(plan)).toEqual([
      { path: "model.layers.1.units", param: "units" },
      { path: "optimizer.learning_rate", param: "lr" },
      { path: "optimizer.momentum", param: "momentum" },
    ]);
  });

  test("an object with more than $param in it is no placeholder", () => {
    expect(planParams({ a: { $param: "x", b: 1 }, c: { $param: 3 } })).toEqual([]);
  });
});

describe("resolvePlan", () => {
  test("puts params in and leaves the template as it was", () => {
    const before = structuredClone(plan);
    expect(resolvePlan(plan, { units: 8, lr: 0.1, momentum: 0.9 })).toEqual({
      data: { dataset: "fashion-mnist" },
      model: { layers: [{ class_name: "Flatten" }, { units: 8 }] },
      optimizer: { learning_rate: 0.1, momentum: 0.9 },
      epochs: 3,
    });
    expect(plan).toEqual(before);
  });

  test("leaves out what a dimension that does not exist would have said", () => {
    const resolved = resolvePlan(plan, { units: 8, lr: 0.1 }) as typeof plan;
    expect(resolved.optimizer).toEqual({ learning_rate: 0.1 });
  });

  test("puts in null and false, which are values like any other", () => {
    expect(resolvePlan({ a: { $param: "x" }, b: { $param: "y" } }, { x: null, y: false })).toEqual({
      a: null,
      b: false,
    });
  });

  test("a param's value is not looked into for further params", () => {
    expect(resolvePlan({ a: { $param: "x" } }, { x: "$param" })).toEqual({ a: "$param" });
  });

  test("inherited names are no params", () => {
    expect(resolvePlan({ a: { $param: "toString" } }, {})).toEqual({});
  });
});
