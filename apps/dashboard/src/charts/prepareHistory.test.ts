import { describe, expect, test } from "vitest";
import { prepareHistory } from "./prepareHistory.js";
import type { CurveRun } from "./prepareLearningCurves.js";

const run = (
  number: number,
  objective: number | null,
  state: CurveRun["state"] = "completed",
): CurveRun => ({
  id: `id-${number}`,
  number,
  name: `run ${number}`,
  state,
  objective,
  detail: "",
});

const prepare = (runs: CurveRun[], maximize = true, fullRange = false) =>
  prepareHistory({ runs, metric: "val_accuracy", maximize, fullRange, total: runs.length });

describe("prepareHistory", () => {
  test("no objective yet is no chart", () => {
    expect(prepare([run(1, null, "running")])).toBeNull();
  });

  test("best-so-far is a staircase over completed runs only", () => {
    const chart = prepare([
      run(1, 0.5),
      run(2, 0.9, "pruned"),
      run(3, 0.4),
      run(4, 0.7),
      run(5, 0.6),
    ]);
    expect(chart?.bestSoFar).toEqual([
      [1, 0.5],
      [4, 0.5],
      [4, 0.7],
      [5, 0.7],
    ]);
    expect(chart?.points).toHaveLength(5);
  });

  test("goes down when less is better, whatever the order of the list", () => {
    const chart = prepare([run(3, 0.2), run(1, 0.5), run(2, 0.8)], false);
    expect(chart?.bestSoFar).toEqual([
      [1, 0.5],
      [3, 0.5],
      [3, 0.2],
    ]);
    expect(chart?.summary).toContain("reached by run 3 after 2 improvements");
  });

  test("an outlier sits at the edge and is counted", () => {
    const runs = [0.88, 0.89, 0.885, 0.887, 0.9, 0.1].map((value, i) => run(i + 1, value));
    const chart = prepare(runs);
    expect(chart?.outside).toBe(1);
    expect(chart?.points[5]).toMatchObject({ value: 0.1, beyond: true, at: [6, chart?.y.min] });
    expect(prepare(runs, true, true)?.outside).toBe(0);
  });
});
