import type { RunView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { epochMetrics } from "./epochMetrics.js";

test("the objective comes first, the report's figures are no curves", () => {
  const runs: Pick<RunView, "metrics">[] = [
    { metrics: { val_loss: 1, val_accuracy: 1, "test.accuracy": 1 } },
    { metrics: { loss: 1 } },
  ];
  expect(epochMetrics(runs, "val_accuracy")).toEqual(["val_accuracy", "loss", "val_loss"]);
  expect(epochMetrics([], "val_accuracy")).toEqual(["val_accuracy"]);
});
