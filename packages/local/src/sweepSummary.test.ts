import { type AttemptView, ClassificationReport } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { runTable, summarise, summaryText } from "./sweepSummary.js";
import { runView, sweepView } from "./viewsForTesting.js";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + 1000 * seconds).toISOString();

const attempt = (from: number, to: number): AttemptView => ({
  number: 1,
  workerName: "w",
  slot: 0,
  device: "cpu",
  startedAt: at(from),
  endedAt: at(to),
  fromEpoch: 0,
  log: null,
  outcome: "completed",
  error: null,
});

const runs = [
  runView(1, { state: "completed", objective: 0.88, trainMs: 9_000, endedAt: at(10) }),
  runView(2, {
    state: "completed",
    objective: 0.9,
    trainMs: 18_000,
    endedAt: at(20),
    metrics: { "test.accuracy": 0.891, "test.f1_macro": 0.89 },
  }),
  runView(3, { state: "diverged", trainMs: 500, endedAt: at(21) }),
];
const sweep = sweepView({
  state: "completed",
  best: {
    runId: runs[1]?.id ?? "",
    number: 2,
    name: "run 2",
    params: { learning_rate: 0.001, depth: 2 },
    metric: "val_accuracy",
    value: 0.9,
    point: null,
    test: { accuracy: 0.891, f1Macro: 0.89, loss: 0.31 },
  },
});
const summary = summarise({
  sweep,
  runs,
  attempts: [[attempt(0, 10)], [attempt(10, 20)], [attempt(20, 21)]],
  slots: 1,
  dashboardUrl: "http://127.0.0.1:1",
});

test("a sweep in figures", () => {
  expect(summary).toEqual({
    sweepId: sweep.id,
    runs: 3,
    best: {
      runId: runs[1]?.id,
      params: { learning_rate: 0.001, depth: 2 },
      test: { accuracy: 0.891, f1Macro: 0.89 },
    },
    wallSeconds: 21,
    trainSeconds: 27.5,
    slots: 1,
    idleWhileWaiting: 0,
    dashboardUrl: "http://127.0.0.1:1",
  });
});

test("the table has the best run first and one without a score last", () => {
  const rows = runTable(sweep, runs).split("\n").slice(3, -1);
  expect(rows.map((row) => row.split("│")[1]?.trim())).toEqual(["2", "1", "3"]);
  expect(rows[0]).toContain("0.8910");
});

test("names the classes most often confused and how to promote the best run", () => {
  const text = summaryText({
    sweep,
    summary,
    report: ClassificationReport.parse({
      task: "classification",
      samples: 10_000,
      loss: 0.31,
      accuracy: 0.891,
      perClass: [],
      macro: { precision: 0.9, recall: 0.9, f1: 0.9 },
      weighted: { precision: 0.9, recall: 0.9, f1: 0.9 },
      confusionMatrix: [],
      mostConfused: [{ a: "T-shirt/top", b: "Shirt", count: 230, aAsB: 110, bAsA: 120 }],
    }),
    isOfOneStart: true,
    promote: { cli: "sweepyard promote it", curl: "curl it" },
  });
  expect(text).toContain(
    "Best: run 2 (learning_rate 0.001, depth 2), val_accuracy 0.9000, test accuracy 0.8910",
  );
  expect(text).toContain("Most often confused: T-shirt/top and Shirt (230 of 10000)");
  expect(text).toContain("idle 0.0 % of the time");
  expect(text).toContain("sweepyard promote it");
});
