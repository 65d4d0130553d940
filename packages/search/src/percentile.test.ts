import { MedianPrunerConfig, RunState } from "@sweepyard/contract";
import { expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { createPruner, nonePruner } from "./createPruner.js";
import { nanPercentile } from "./percentile.js";
import type { PruneSettings, RunCurve } from "./pruner.js";

const DEFAULTS = MedianPrunerConfig.parse({ name: "median" });

test.each(vectors.nanpercentile)(
  "nanPercentile($values, $q) is NumPy's",
  ({ values, q, value }) => {
    expect(nanPercentile(values.map(Number), q)).toBeCloseTo(Number(value), 12);
  },
);

const curve = (number: number, state: RunState, ...values: (number | null)[]): RunCurve => ({
  number,
  state,
  value: null,
  points: values.map((value, step) => ({ step, value })),
});
const settings: PruneSettings = { direction: "maximize" };
const pruner = createPruner({ ...DEFAULTS, n_startup_trials: 2 });

test("the reason gives the step, the run's best and the threshold", () => {
  const others = [curve(0, "completed", 0.5, 0.8), curve(1, "completed", 0.6, 0.9)];
  expect(pruner.shouldPrune(curve(2, "running", 0.4, 0.7), others, settings)).toEqual({
    prune: true,
    reason: {
      pruner: "median",
      rule: "worse_than_percentile",
      step: 1,
      best: 0.7,
      compared: 2,
      threshold: expect.closeTo(0.85),
      why: "its best 0.7 is worse than the median of 2 runs, 0.85",
    },
  });
});

test("only completed runs that nobody has excluded are compared with", () => {
  const good = curve(0, "completed", 0.9);
  const poor = curve(5, "running", 0.1);
  const others = RunState.options
    .filter((state) => state !== "completed")
    .map((state, index) => curve(index + 10, state, 0.9));
  const excluded = { ...curve(1, "completed", 0.9), excluded: true };
  expect(pruner.shouldPrune(poor, [good, excluded, poor, ...others], settings).prune).toBe(false);
  expect(pruner.shouldPrune(poor, [good, curve(1, "completed", 0.8)], settings).prune).toBe(true);
});

test("null counts as NaN", () => {
  const others = [curve(0, "completed", null), curve(1, "completed", 0.5)];
  expect(pruner.shouldPrune(curve(2, "running", null), others, settings).prune).toBe(true);
  expect(pruner.shouldPrune(curve(2, "running", 0.4), others, settings).prune).toBe(true);
  expect(pruner.shouldPrune(curve(2, "running", 0.6), others, settings).prune).toBe(false);
});

test("none lets every run go on", () => {
  const others = Array.from({ length: 9 }, (_, number) => curve(number, "completed", 1));
  expect(nonePruner.shouldPrune(curve(9, "running", 0), others, settings).prune).toBe(false);
});
