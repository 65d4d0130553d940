import { PromotionPolicy } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { type GateFacts, judgeGates } from "./judgeGates.js";

const facts = (policy: object, changes: Partial<GateFacts> = {}): GateFacts => ({
  policy: PromotionPolicy.parse(policy),
  metrics: { "test.accuracy": 0.88, "test.loss": null },
  report: null,
  modelBytes: 2000,
  seedFigures: [],
  championModel: "a".repeat(64),
  compared: { latencyMs: 0.4, rivalry: { lost: 10, won: 2, p: 0.019 } },
  ...changes,
});

const verdicts = (given: GateFacts) =>
  judgeGates(given).map(({ gate, passed, figure }) => [gate, passed, figure]);

test("a policy without gates asks nothing", () => {
  expect(judgeGates(facts({}))).toEqual([]);
});

test("metrics have bounds below and above, and what is missing fails", () => {
  const metrics = {
    "test.accuracy": { min: 0.87, max: 0.5 },
    "test.loss": { max: 1 },
    "test.r2": { min: 0 },
  };
  expect(verdicts(facts({ metrics }))).toEqual([
    ["metrics", true, 0.88],
    ["metrics", false, 0.88],
    ["metrics", false, null],
    ["metrics", false, null],
  ]);
});

test("a champion that wins significantly more rows refuses, and says the counts", () => {
  const [result] = judgeGates(facts({ not_worse: {} }));
  expect(result).toMatchObject({ passed: false, figure: 0.019, limit: 0.05 });
  expect(result?.detail).toContain("wins 2 and loses 10");
  const even = { latencyMs: 1, rivalry: { lost: 10, won: 9, p: 0.5 } };
  expect(verdicts(facts({ not_worse: {} }, { compared: even }))).toEqual([
    ["not_worse", true, 0.5],
  ]);
});

test("the first champion is worse than nobody; one that can't be compared is refused", () => {
  const first = facts({ not_worse: {} }, { championModel: null });
  expect(verdicts(first)).toEqual([["not_worse", true, null]]);
  const other = { latencyMs: 1, rivalry: "the champion knows other classes" };
  expect(judgeGates(facts({ not_worse: {} }, { compared: other }))).toMatchObject([
    { passed: false, detail: "the champion knows other classes" },
  ]);
});

test("latency and size have their limits", () => {
  expect(verdicts(facts({ max_latency_ms: 0.3, max_bytes: 2000 }))).toEqual([
    ["latency", false, 0.4],
    ["size", true, 2000],
  ]);
});

test("seeds count, and the worst of them decides", () => {
  const policy = { seeds: { runs: 3, min: 0.86 } };
  expect(verdicts(facts(policy, { seedFigures: [0.87, 0.85, 0.88] }))).toEqual([
    ["seeds", true, 3],
    ["seeds", false, 0.85],
  ]);
  expect(verdicts(facts(policy, { seedFigures: [0.9, null] }))).toEqual([
    ["seeds", false, 2],
    ["seeds", false, null],
  ]);
});
