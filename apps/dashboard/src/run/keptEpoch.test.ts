import { type MetricRow, TrainPlan } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { keptEpoch } from "./keptEpoch.js";

const rows: MetricRow[] = [0.7, 0.5, 0.6].map((val_loss, index) => ({
  step: index + 1,
  at: "2026-11-25T12:00:00Z",
  values: { val_loss, val_accuracy: 1 - val_loss },
}));
const plan = (...callbacks: object[]) =>
  TrainPlan.parse({ data: { dataset: "shapes" }, callbacks });

test("the last epoch is kept, unless a callback chooses the best one", () => {
  expect(keptEpoch(plan(), rows)).toBe(3);
  expect(keptEpoch(null, rows)).toBe(3);
  expect(keptEpoch(plan(), [])).toBeNull();
  expect(keptEpoch(plan({ class_name: "EarlyStopping" }), rows)).toBe(3);
  expect(keptEpoch(plan({ class_name: "ModelCheckpoint" }), rows)).toBe(2);
});

test("best is what the callback's mode says", () => {
  const early = { class_name: "EarlyStopping", restore_best_weights: true };
  expect(keptEpoch(plan({ ...early, monitor: "val_accuracy" }), rows)).toBe(2);
  expect(keptEpoch(plan({ ...early, mode: "max" }), rows)).toBe(1);
});
