import type { MetricRow } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { prepareTrainingCurves } from "./prepareTrainingCurves.js";

const row = (step: number, values: MetricRow["values"]): MetricRow => ({
  step,
  at: "2026-11-23T12:00:00Z",
  values,
});

test("puts training and validation side by side and marks the best validation epoch", () => {
  const chart = prepareTrainingCurves(
    [
      row(1, { loss: 0.6, val_loss: 0.5 }),
      row(2, { loss: 0.4, val_loss: 0.35 }),
      row(3, { loss: 0.3, val_loss: 0.36 }),
    ],
    "loss",
    15,
  );
  expect(chart?.lines.map((line) => line.key)).toEqual(["training", "validation"]);
  expect(chart?.bestStep).toBe(2);
  expect(chart?.x.max).toBe(15);
  expect(chart?.summary).toBe(
    "loss by epoch: training 0.3000 at epoch 3, validation 0.3600 at epoch 3. Validation was best at epoch 2 with 0.3500.",
  );
});

test("without validation there is one line, and no epochs is no chart", () => {
  const chart = prepareTrainingCurves([row(1, { accuracy: 0.8 })], "accuracy", 2);
  expect(chart?.lines.map((line) => line.key)).toEqual(["training"]);
  expect(chart?.bestStep).toBeNull();
  expect(prepareTrainingCurves([], "loss", 15)).toBeNull();
});

test("a loss that is not finite is a gap", () => {
  const chart = prepareTrainingCurves(
    [row(1, { loss: 1 }), row(2, { loss: null }), row(3, { loss: 2 })],
    "loss",
    3,
  );
  expect(chart?.table.rows).toEqual([
    [1, 1],
    [3, 2],
  ]);
});
