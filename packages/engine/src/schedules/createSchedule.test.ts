import { readFileSync } from "node:fs";
import { LearningRateSchedule } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { createSchedule } from "./createSchedule.js";

const rates = (config: Record<string, unknown>, steps: readonly number[], total = 100) => {
  const schedule = createSchedule(LearningRateSchedule.parse(config), total);
  return steps.map(schedule);
};

interface OneCycleCase {
  readonly config: { readonly total_steps: number } & Record<string, unknown>;
  readonly learning_rate: readonly number[];
}

test("one cycle is PyTorch's", () => {
  const url = new URL("../../fixtures/schedules/one-cycle.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: OneCycleCase[] };
  expect(cases.length).toBeGreaterThan(3);
  for (const { config, learning_rate: want } of cases) {
    const got = rates(config, [...want.keys()]);
    for (const [step, rate] of want.entries()) expect(got[step]).toBeCloseTo(rate, 12);
  }
});

test("schedules without a length of their own last the run, warm-up included", () => {
  const cosine = { class_name: "CosineDecay", initial_learning_rate: 0 };
  const warmed = { ...cosine, warmup_target: 1, warmup_steps: 20 };
  expect(rates(warmed, [0, 10, 20, 60, 100, 500])).toEqual([0, 0.5, 1, 0.5, 0, 0]);
  const polynomial = { class_name: "PolynomialDecay", initial_learning_rate: 1 };
  const [half, end] = rates({ ...polynomial, end_learning_rate: 0 }, [50, 100]);
  expect([half, end]).toEqual([0.5, 0]);
  const [peak, last, after] = rates(
    { class_name: "OneCycle", max_learning_rate: 1 },
    [29, 99, 400],
  );
  expect(peak).toBe(1);
  expect(last).toBeCloseTo(1 / 25 / 1e4, 15);
  expect(after).toBe(last);
});

test("a run of one step has a rate under every schedule that lasts the run", () => {
  for (const config of [
    { class_name: "CosineDecay", initial_learning_rate: 0.1, warmup_target: 1, warmup_steps: 5 },
    { class_name: "PolynomialDecay", initial_learning_rate: 0.1 },
    { class_name: "OneCycle", max_learning_rate: 0.1 },
  ])
    expect(rates(config, [0], 1)[0]).toBeGreaterThan(0);
});
