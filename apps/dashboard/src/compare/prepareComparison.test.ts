import type { RunView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { compareMetrics, compareSettings } from "./prepareComparison.js";

const run = (lr: number, depth: number) =>
  ({
    params: { lr, depth },
    plan: { epochs: 15, optimizer: { learning_rate: lr }, seed: lr * 1000 + depth },
  }) as unknown as RunView;

test("what differs comes first, and a plan's field that repeats a param is said once", () => {
  const rows = compareSettings({
    runs: [run(0.001, 2), run(0.003, 2)],
    differing: ["params.lr", "plan.optimizer.learning_rate", "plan.seed"],
  });
  expect(rows.map((row) => [row.name, row.differs])).toEqual([
    ["lr", true],
    ["seed", true],
    ["depth", false],
    ["epochs", false],
  ]);
});

test("a param that only some runs have gives way to the plan's field", () => {
  const other = { params: {}, plan: { ...run(0.01, 2).plan } } as unknown as RunView;
  const rows = compareSettings({
    runs: [run(0.001, 2), other],
    differing: ["params.lr", "params.depth", "plan.optimizer.learning_rate"],
  });
  expect(rows.map((row) => [row.name, row.values])).toEqual([
    ["depth", [2, undefined]],
    ["optimizer.learning_rate", [0.001, 0.01]],
    ["epochs", [15, 15]],
    ["seed", [3, 12]],
  ]);
});

test("the best value is the highest, of a loss the lowest, and none where all agree", () => {
  const metrics = compareMetrics([
    { metrics: { accuracy: 0.9, val_loss: 0.5, "test.accuracy": 0.8, epoch_seconds: 3 } },
    { metrics: { accuracy: 0.9, val_loss: 0.25, "test.accuracy": 0.85, epoch_seconds: 2 } },
    { metrics: { val_loss: null } },
  ]);
  expect(metrics.map((row) => [row.name, row.best])).toEqual([
    ["test.accuracy", 1],
    ["accuracy", null],
    ["epoch_seconds", null],
    ["val_loss", 1],
  ]);
  expect(metrics[3]?.shares).toEqual([1, 0.5, null]);
  expect(metrics[2]?.shares).toBeNull();
});
