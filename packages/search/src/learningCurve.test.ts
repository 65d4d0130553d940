import { expect, test } from "vitest";
import { extrapolate } from "./curveEnsemble.js";
import { createLearningCurvePruner } from "./learningCurve.js";
import type { RunCurve } from "./pruner.js";
import { studentTCdf } from "./studentT.js";
import { createUniform } from "./uniform.js";

// scipy.stats.t.cdf
test.each([
  [0.5, 3, 0.6742760175759245],
  [-2, 1, 0.14758361765043326],
  [3.1, 7.5, 0.9920579240545702],
  [12, 30, 0.999999999999721],
  [-40, 5, 9.20598108588648e-8],
])("studentTCdf(%d, %d)", (t, freedom, expected) => {
  expect(studentTCdf(t, freedom) / expected).toBeCloseTo(1, 9);
});

const series = (length: number, of: (x: number) => number) =>
  Array.from({ length }, (_, index) => ({ x: index + 1, y: of(index + 1) }));

test.each<[string, (x: number) => number]>([
  ["a power law", (x) => 0.2 + 0.7 * x ** -0.6],
  ["an exponential", (x) => 0.1 + 0.8 * 2 ** (-x / 6)],
  ["a hyperbola", (x) => 0.15 + 4 / (5 + x)],
  ["a rising power law", (x) => 0.9 - 0.5 * x ** -0.5],
])("extrapolates %s from 16 of 40 reports", (_, curve) => {
  const { mean, below } = extrapolate(series(16, curve), 40);
  expect(Math.abs(mean - curve(40))).toBeLessThan(0.05);
  expect(below(curve(40) + 0.2)).toBeGreaterThan(0.9);
  expect(below(curve(40) - 0.2)).toBeLessThan(0.1);
});

test("its probabilities are about as often right as they say", () => {
  // 300 noisy curves of a family that the ensemble has, with parameters it has not.
  let inside = 0;
  for (let trial = 0; trial < 300; trial++) {
    const next = createUniform(trial, 3);
    const [end, half] = [next() * 0.5, 1 + 29 * next()];
    const noise = () => 0.01 * (next() + next() + next() + next() - 2) * Math.sqrt(3);
    const curve = (x: number) => end + ((1 - end) * half) / (half + x) + noise();
    const { below } = extrapolate(series(15, curve), 40);
    const share = below(curve(40));
    if (share > 0.05 && share < 0.95) inside++;
  }
  // Nine in ten if the noise were all; less, as wrong families get some weight early on.
  expect(inside / 300).toBeGreaterThan(0.75);
});

const completed = (number: number, value: number): RunCurve => ({
  number,
  state: "completed",
  value,
  points: [],
});
const pruner = createLearningCurvePruner({
  min_probability: 0.05,
  n_startup_trials: 2,
  n_warmup_steps: 4,
  interval_steps: 1,
});
const others = [completed(1, 0.9), completed(2, 0.85)];
const running = (values: (number | null)[]): RunCurve => ({
  number: 9,
  state: "running",
  value: null,
  points: values.map((value, step) => ({ step, value })),
  steps: 20,
});

test("stops a run that levels off far below the best, and says what it expects", () => {
  const flat = running([0.3, 0.45, 0.5, 0.51, 0.512, 0.513, 0.5131]);
  const { prune, reason } = pruner.shouldPrune(flat, others, { direction: "maximize" });
  expect(prune).toBe(true);
  expect(reason.why).toMatch(
    /^it is expected to end at 0\.5\d*, and beats the best run's 0\.9 with probability \d\.\d+e-\d+$/,
  );
});

test("lets a run go on that still climbs, one of few reports, and the first runs", () => {
  const climbing = running([0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  const ask = (curve: RunCurve, runs: readonly RunCurve[] = others) =>
    pruner.shouldPrune(curve, runs, { direction: "maximize" });
  expect(ask(climbing).prune).toBe(false);
  expect(ask(running([0.1, null, Number.NaN, null, 0.1, 0.1])).reason.rule).toBe("unlikely_to_win");
  expect(ask(running([0.1, null, null, null, null, 0.1])).reason.rule).toBe("too_few");
  expect(ask(running([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]), others.slice(0, 1)).reason.rule).toBe(
    "startup",
  );
});
