import { describe, expect, test } from "vitest";
import { prepareSparkline } from "./prepareSparkline.js";

const counts = {
  queued: 2,
  running: 1,
  paused: 0,
  completed: 5,
  pruned: 0,
  diverged: 0,
  failed: 0,
  cancelled: 0,
};
const best = { runId: "r", number: 5, name: "r", params: {}, value: 0.8, metric: "m", test: null };
const sweepOf = (changes: object = {}) => ({
  best: { ...best, point: null },
  objective: { metric: "val_accuracy", direction: "maximize" as const },
  counts,
  plannedRuns: 11,
  ...changes,
});

describe("the small line of a sweep's best so far", () => {
  test("is a staircase from the first value to the best, over the planned runs", () => {
    const line = prepareSparkline(sweepOf(), { numbers: [1, 3, 5], values: [0.4, 0.6, 0.8] });
    expect(line?.corners.map((corner) => corner.map((at) => Math.round(at * 10) / 10))).toEqual([
      [0, 0],
      [0.2, 0],
      [0.2, 0.5],
      [0.4, 0.5],
      [0.4, 1],
      [0.7, 1],
    ]);
    expect(line?.summary).toBe(
      "Best val_accuracy so far: 0.4000 with run 1, 0.8000 with run 5 after 2 improvements.",
    );
  });

  test("has better up where less is better", () => {
    const objective = { metric: "val_loss", direction: "minimize" as const };
    const line = prepareSparkline(sweepOf({ objective, best: { ...best, value: 0.2 } }), {
      numbers: [1, 5],
      values: [0.9, 0.2],
    });
    expect(line?.corners.at(0)?.[1]).toBe(0);
    expect(line?.corners.at(-1)?.[1]).toBe(1);
  });

  test("takes a new best from the sweep before its history is asked for again", () => {
    const line = prepareSparkline(sweepOf(), { numbers: [1], values: [0.5] });
    expect(line?.summary).toContain("0.8000 with run 5 after 1 improvement.");
    expect(prepareSparkline(sweepOf())?.summary).toBe(
      "Best val_accuracy so far: 0.8000 with run 5.",
    );
  });

  test("is level where one run is all there is, and none where none has completed", () => {
    const one = { counts: { ...counts, queued: 0, running: 0, completed: 1 }, plannedRuns: 1 };
    const line = prepareSparkline(sweepOf({ ...one, best: { ...best, number: 1 } }));
    expect(line?.corners).toEqual([[0, 0.5]]);
    expect(prepareSparkline(sweepOf({ best: null }))).toBeNull();
  });
});
