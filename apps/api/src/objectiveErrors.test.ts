import { type DatasetView, parseSweep } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { objectiveErrors } from "./objectiveErrors.js";

const sweep = (fields: object) =>
  parseSweep({
    name: "s",
    plan: { data: { dataset: "d" }, epochs: { $param: "epochs" } },
    space: { epochs: { type: "int", low: 1, high: 2 } },
    ...fields,
  });
const data = (task: DatasetView["task"], classes: number) =>
  ({ task, classNames: Array.from({ length: classes }, (_, i) => `c${i}`) }) as DatasetView;

test.each([
  [{}, data("regression", 1), "objective.metric", /regression.*val_loss/],
  [
    { objective: { metric: "test.r2" } },
    data("classification", 9),
    "objective.metric",
    /test\.accuracy/,
  ],
  [
    { objective: { metric: "test.top_5_accuracy" } },
    data("classification", 4),
    "objective.metric",
    /4 classes/,
  ],
  [
    { objective: { metric: "test.log_loss" } },
    data("multi_label", 3),
    "objective.metric",
    /test\.(loss|hamming_loss)/,
  ],
  [
    { objectives: [{ metric: "loss" }, { metric: "val_accuracy" }] },
    data("regression", 1),
    "objectives.1.metric",
    /val_/,
  ],
  [
    { constraints: [{ metric: "test.hamming_loss", op: "<=", value: 1 }] },
    data("classification", 3),
    "constraints.0.metric",
    /test\.loss/,
  ],
] as const)("%j on other data is refused", (fields, dataset, path, right) => {
  const errors = objectiveErrors(sweep(fields), dataset, true);
  expect(errors.map((error) => error.path)).toEqual([path]);
  expect(errors[0]?.message).toMatch(right);
});

test("nothing validates, and nothing of it is measured", () => {
  const [error] = objectiveErrors(sweep({}), data("classification", 3), false);
  expect(error?.message).toMatch(/no rows validate.*take/);
});

test.each([
  [{}, data("classification", 3)],
  [{ objective: { metric: "test.top_2_accuracy" } }, data("classification", 3)],
  [{ objective: { metric: "test.r2" } }, data("regression", 2)],
  [{ objectives: [{ metric: "val_loss" }, { metric: "model_bytes" }] }, data("multi_label", 2)],
])("%j is measured", (fields, dataset) => {
  expect(objectiveErrors(sweep(fields), dataset, true)).toEqual([]);
});
