import { expect, test } from "vitest";
import { bestEpoch } from "./bestEpoch.js";

const rows = [0.5, null, 0.9, 0.9, 0.7].map((value, index) => ({
  step: index + 1,
  attempt: 1,
  at: "2026-11-23T12:00:00Z",
  values: { val_accuracy: value },
}));

test("is the first of the best, by the objective's direction", () => {
  expect(bestEpoch(rows, "val_accuracy", "maximize")).toEqual({ step: 3, value: 0.9 });
  expect(bestEpoch(rows, "val_accuracy", "minimize")).toEqual({ step: 1, value: 0.5 });
});

test("there is none without a finite value", () => {
  expect(bestEpoch(rows, "val_loss", "minimize")).toBeNull();
  expect(bestEpoch([], "val_accuracy", "maximize")).toBeNull();
});
